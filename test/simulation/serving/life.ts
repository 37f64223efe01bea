import type { SeededRandomness } from '../../../reconciler/adapters/randomness/seeded/randomness.ts';
import type { FaultLog } from '../fault-log.ts';
import { probePulls } from '../probes/serving-probe.ts';
import type { Scheduler } from '../scheduler.ts';
import type { SimulatedWorld } from '../simulated-world.ts';
import type { Swarm } from '../swarm.ts';
import type { Trace } from '../trace.ts';
import { createDataPlane } from './data-plane.ts';
import { createServingPeople } from './serving-people.ts';
import { createSimulatedForge } from './wire-serving.ts';

export type LifeDeps = {
  readonly world: SimulatedWorld;
  readonly scheduler: Scheduler;
  readonly swarm: Swarm;
  readonly randomness: SeededRandomness;
  readonly faultLog: FaultLog;
  readonly trace: Trace;
  readonly announce: (chance: number) => void;
};

/** One model's life: who serves it, who asks it, and people who decide about it. */
export type Life = {
  readonly windowMs: number;
  readonly begin: () => Promise<void>;
  /** From now on nobody begins anything new, and the data plane is well. */
  readonly settle: () => Promise<void>;
  /** Says whether anything was open. */
  readonly answerAll: () => Promise<boolean>;
};

export function createLife(deps: LifeDeps): Life | null {
  const { world, randomness, swarm } = deps;
  const serving = world.zones.find((zone) => zone.serving !== null)?.serving ?? null;
  if (serving === null || swarm.serving === null) return null;
  const shared = { ...deps, serving, options: swarm.serving };
  const dataPlane = createDataPlane({ ...shared, randomness: randomness.fork('data plane') });
  const log = probePulls(serving.pulls, { zone: serving.zone, tell: world.tell });
  const people = createServingPeople({
    ...shared,
    dataPlane,
    randomness: randomness.fork('reviewers'),
    forge: createSimulatedForge({ git: world.git, log, clock: world.clock }),
  });
  return {
    windowMs: swarm.serving.windowSeconds * 1_000,
    begin: async () => {
      void dataPlane.serve();
      await people.work();
    },
    settle: async () => {
      people.stop();
      dataPlane.settle();
      await people.tidy();
    },
    answerAll: async () => {
      const hasAnswered = await people.answerAll();
      await people.tidy();
      return hasAnswered;
    },
  };
}
