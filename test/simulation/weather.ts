import type { MemoryTarget } from '../../reconciler/adapters/executor/memory/executor.ts';
import { parseRefKey, type RefKey } from '../../reconciler/core/contracts/ref.ts';
import type { Randomness } from '../../reconciler/ports/randomness.ts';
import { drawBetween, drawChance, drawOne } from './draw.ts';
import type { FaultLog } from './fault-log.ts';
import type { Faults } from './faults.ts';
import type { PortName } from './gate.ts';
import type { Processes } from './processes.ts';
import { createActor, type Scheduler } from './scheduler.ts';
import type { SimulatedWorld, ZoneWorld } from './simulated-world.ts';
import type { FaultOptions } from './swarm.ts';
import type { Trace } from './trace.ts';

export type WeatherDeps = {
  readonly world: SimulatedWorld;
  readonly scheduler: Scheduler;
  readonly randomness: Randomness;
  readonly options: FaultOptions;
  readonly faults: Faults;
  readonly faultLog: FaultLog;
  readonly processes: Processes;
  readonly trace: Trace;
};

export type Weather = {
  /** What happens to the world by itself, about once a second, until the faults are calm. */
  readonly blow: () => Promise<void>;
  /** Nothing stays occupied. */
  readonly settle: () => void;
};

const PORTS: readonly PortName[] = [
  'lease',
  'journal',
  'outbox',
  'git',
  'git',
  'executor',
  'definitions',
  'anchor',
];

const EVERY_MS = 1_000;

export function createWeather(deps: WeatherDeps): Weather {
  const { world, randomness, options, faults, faultLog, processes, trace } = deps;
  const actor = createActor('weather');
  const busy = new Map<string, () => void>();
  const isDue = (perMinute: number) => drawChance(randomness, (perMinute * EVERY_MS) / 60_000);

  const breakPort = () => {
    const zone = drawOne(randomness, world.zones).name;
    const port = drawOne(randomness, PORTS);
    const durationMs = drawBetween(randomness, 0, 2 * options.outageMs);
    faultLog.count('outage');
    trace.write(`${world.clock.now()} weather outage ${zone} ${port} ${durationMs}`);
    faults.breakPort(zone, port, world.clock.now() + durationMs);
  };

  /** Somebody takes a slot away, or starts work in one, without asking anybody. */
  const tamper = () => {
    const zone = drawOne(randomness, world.zones);
    const pools = listPools(zone);
    if (pools.length === 0) return;
    const [key, pool] = drawOne(randomness, pools);
    const ref = parseRefKey(key);
    if (ref === null) return;
    trace.write(`${world.clock.now()} weather tamper ${zone.name} ${key} ${pool}`);
    if (drawChance(randomness, 0.2)) {
      faultLog.count('target-gone');
      takeAway(zone, key);
      return;
    }
    if (drawChance(randomness, 0.6)) {
      if (zone.executor.breakSlot(ref, pool)) faultLog.count('slot-broken');
      return;
    }
    const place = `${zone.name} ${key} ${pool}`;
    const free = busy.get(place);
    if (free !== undefined) {
      free();
      busy.delete(place);
      return;
    }
    faultLog.count('slot-in-use');
    zone.executor.setLastSlotInUse(ref, pool, true);
    busy.set(place, () => zone.executor.setLastSlotInUse(ref, pool, false));
  };

  return {
    blow: async () => {
      while (!faults.isCalm()) {
        await world.clock.sleep(EVERY_MS);
        await deps.scheduler.step(actor);
        if (faults.isCalm()) return;
        if (isDue(options.outagesPerMinute)) breakPort();
        if (isDue(options.tampersPerMinute)) tamper();
        if (isDue(options.stopsPerMinute)) processes.stopOne();
        if (isDue(options.pacesPerMinute)) processes.changePaceOfOne();
      }
    },
    settle: () => {
      for (const free of busy.values()) free();
    },
  };
}

/** Somebody removes a whole target by hand; which effect came last is still remembered there. */
function takeAway({ executor }: ZoneWorld, key: RefKey): void {
  const targets = executor.targets as Map<RefKey, MemoryTarget>;
  const target = targets.get(key);
  if (target === undefined) return;
  targets.set(key, { ...target, form: null, isManaged: false, pools: [], busyPools: new Set() });
}

function listPools(zone: ZoneWorld): readonly (readonly [key: RefKey, pool: string])[] {
  const standing = [...zone.executor.targets].filter(([, target]) => target.isManaged);
  return standing.flatMap(([key, { pools }]) => pools.map((pool) => [key, pool.name] as const));
}
