import { createSeededRandomness } from '../../reconciler/adapters/randomness/seeded/randomness.ts';
import type { FaultClass } from './fault-log.ts';
import type { Violation } from './findings.ts';
import { disturb, heal, isolateOne, rest } from './phases.ts';
import { withRuntimeGuard } from './runtime-guard.ts';
import { START_AT } from './simulated-world.ts';
import { createSimulation, type SeedInput } from './simulation.ts';
import type { Swarm } from './swarm.ts';
import { isExecution } from './world-events.ts';

export type SeedResult = {
  readonly seed: number;
  readonly swarm: Swarm;
  readonly ticks: number;
  readonly simulatedMs: number;
  readonly events: number;
  readonly executions: number;
  readonly faults: ReadonlyMap<FaultClass, number>;
  readonly reached: ReadonlyMap<string, number>;
  readonly digest: string;
  readonly violation: Violation | null;
};

/** A whole life of a small world; a function of the seed and of what was planted. */
export function simulateSeed(input: SeedInput): Promise<SeedResult> {
  return withRuntimeGuard(async () => {
    const simulation = createSimulation(input);
    const { findings, world, trace } = simulation;
    let executions = 0;
    world.listen((event) => {
      if (event.kind === 'applied' && isExecution(event)) executions += 1;
    });
    const randomness = createSeededRandomness(input.seed).fork('phases');
    for (const phase of [disturb, heal, isolateOne, rest]) {
      if (findings.violation() === null) await phase(simulation, randomness);
    }
    return {
      seed: input.seed,
      swarm: simulation.swarm,
      ticks: simulation.scheduler.countTicks(),
      simulatedMs: Math.round(world.clock.now() - START_AT),
      events: trace.count(),
      executions,
      faults: simulation.faultLog.read(),
      reached: findings.countReached(),
      digest: trace.digest(),
      violation: findings.violation(),
    };
  });
}
