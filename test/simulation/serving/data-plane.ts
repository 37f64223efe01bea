import type { RouteTable } from '../../../reconciler/core/contracts/generated/route-table.generated.ts';
import type { Randomness } from '../../../reconciler/ports/randomness.ts';
import { type Behaviour, createDivider, toTrafficEntries } from '../../support/exact-traffic.ts';
import { drawChance } from '../draw.ts';
import type { FaultLog } from '../fault-log.ts';
import { createActor, type Scheduler } from '../scheduler.ts';
import type { SimulatedWorld } from '../simulated-world.ts';
import type { ServingOptions } from '../swarm.ts';
import type { ServingWorld } from './serving-world.ts';

export type DataPlaneDeps = {
  readonly world: SimulatedWorld;
  readonly serving: ServingWorld;
  readonly scheduler: Scheduler;
  readonly randomness: Randomness;
  readonly options: ServingOptions;
  readonly faultLog: FaultLog;
};

export type DataPlane = {
  /** Serves as long as the world goes on. */
  readonly serve: () => Promise<void>;
  /** Whether live data differs from what versions learnt. */
  readonly setDrift: (hasDrift: boolean) => void;
  readonly hasDrift: () => boolean;
  /** The node is up, traffic flows and nothing drifts, from now on. */
  readonly settle: () => void;
};

const EVERY_MS = 1_000;

/** One node that follows its routes, and applications that ask it: exact shares, no chance. */
export function createDataPlane(deps: DataPlaneDeps): DataPlane {
  const { world, serving, randomness, options, faultLog } = deps;
  const actor = createActor('node');
  const take = createDivider();
  const behaviours = createBehaviours(deps);
  let boot = 1;
  let sequence = 0;
  let isUp = true;
  let isSettled = false;
  let hasDrift = false;
  let said = '';

  const acknowledge = async (): Promise<void> => {
    const { revision, endpoints } = await serving.routes.read();
    const loaded = endpoints.flatMap(({ versions }) => versions.map(({ version }) => version));
    const word = `${boot} ${revision}`;
    if (word === said) return;
    const place = { v: 1, zone: serving.zone, node: `serve-${serving.zone}` } as const;
    await serving.routes.acknowledge({
      ...{ ...place, boot: `boot-${boot}`, revision, loaded, failed: [] },
    });
    said = word;
    await world.tell({ kind: 'acknowledged', zone: serving.zone, revision, loaded });
  };

  const count = async (): Promise<void> => {
    const table = await serving.routes.read();
    const behaviour = behaviours.meet(table, hasDrift);
    sequence += 1;
    const entries = toTrafficEntries(table, behaviour, take);
    const place = { v: 1, zone: serving.zone, node: `serve-${serving.zone}` } as const;
    await serving.counters.accept({ ...place, boot: `boot-${boot}`, sequence, entries });
  };

  const live = async (): Promise<void> => {
    if ((await serving.nodes.find()) === null) return;
    const isDue = (perMinute: number) => drawChance(randomness, (perMinute * EVERY_MS) / 60_000);
    if (!isSettled && isUp && isDue(options.nodeOutagesPerMinute)) {
      isUp = false;
      faultLog.count('node-down');
    } else if (!isUp && (isSettled || drawChance(randomness, 0.1))) {
      isUp = true;
      boot += 1;
      sequence = 0;
    }
    if (!isUp) return;
    await acknowledge();
    await count();
  };

  return {
    serve: async () => {
      for (;;) {
        await world.clock.sleep(EVERY_MS);
        await deps.scheduler.step(actor);
        await live();
      }
    },
    setDrift: (next) => {
      hasDrift = next;
    },
    hasDrift: () => hasDrift,
    settle: () => {
      isSettled = true;
      hasDrift = false;
    },
  };
}

/** How versions decide in life; each is drawn when it is met first. */
function createBehaviours({ serving, randomness, options }: DataPlaneDeps) {
  const behaviour = new Map<string, Behaviour>();
  return {
    meet: ({ endpoints }: RouteTable, hasDrift: boolean): ReadonlyMap<string, Behaviour> => {
      for (const { versions } of endpoints) {
        for (const { version } of versions) {
          if (behaviour.has(version)) continue;
          // Only one that is met beside another is bad: by the first of all others are judged.
          const isBad = versions.length > 1 && drawChance(randomness, options.badVersions);
          behaviour.set(version, { failures: isBad ? 0.4 : 0, positives: 0.1 });
          if (isBad) serving.bad.add(version);
        }
      }
      for (const [version, one] of behaviour) {
        behaviour.set(version, { ...one, upper: hasDrift ? 0.9 : 0.5 });
      }
      return behaviour;
    },
  };
}
