import { createSeededRandomness } from '../../reconciler/adapters/randomness/seeded/randomness.ts';
import { type ConvergenceCheck, createConvergenceCheck } from './convergence.ts';
import { createFaultLog, type FaultLog } from './fault-log.ts';
import { createFaults, type Faults } from './faults.ts';
import { createFaultyGate } from './faulty-gate.ts';
import { createFindings, type Findings } from './findings.ts';
import type { PortCall } from './gate.ts';
import { INVARIANTS } from './invariants/all.ts';
import type { Watch } from './invariants/invariant.ts';
import type { ParseOnce } from './parse-once.ts';
import { createPeople, type People } from './people.ts';
import type { Plant } from './planted/plant.ts';
import { createProcesses, type Processes } from './processes.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';
import { createLife, type Life } from './serving/life.ts';
import { renderServing } from './serving/serving-files.ts';
import { createSimulatedWorld, type SimulatedWorld, START_AT } from './simulated-world.ts';
import { drawSwarm, type Swarm } from './swarm.ts';
import { createTrace, type Trace } from './trace.ts';
import { traceEvent } from './trace-event.ts';
import { createWeather, type Weather } from './weather.ts';
import type { Phase } from './world-events.ts';

/** One seed's world with everything and everybody in it. */
export type Simulation = {
  readonly swarm: Swarm;
  readonly world: SimulatedWorld;
  readonly scheduler: Scheduler;
  readonly findings: Findings;
  readonly faults: Faults;
  readonly faultLog: FaultLog;
  readonly trace: Trace;
  readonly processes: Processes;
  readonly people: People;
  readonly weather: Weather;
  /** Null in seeds that are about rules alone. */
  readonly life: Life | null;
  readonly watches: readonly Watch[];
  readonly listDivergences: ConvergenceCheck;
  /** Lets all hung calls go on. */
  readonly freeHung: () => void;
  readonly enter: (phase: Phase) => Promise<void>;
  /** Lets so much time pass, or less if `isDone` or something is found. */
  readonly pass: (durationMs: number, isDone?: () => boolean) => Promise<void>;
};

export type SeedInput = {
  readonly seed: number;
  readonly plant: Plant;
  readonly parse: ParseOnce;
  readonly onLine?: (line: string) => void;
};

const ZONE_NAMES = ['ae', 'de'];
const SERVING_ZONE = 'ae';

export function createSimulation(input: SeedInput): Simulation {
  const randomness = createSeededRandomness(input.seed);
  const swarm = drawSwarm(randomness.fork('swarm'));
  const trace = createTrace(input.onLine === undefined ? {} : { onLine: input.onLine });
  trace.write(JSON.stringify(swarm));
  const world = createSimulatedWorld(
    ZONE_NAMES.slice(0, swarm.zones),
    swarm.serving && SERVING_ZONE,
  );
  const { clock } = world;
  const scheduler = createScheduler(clock, randomness.fork('scheduler'));
  const findings = createFindings({ now: clock.now, startAt: START_AT }, (violation) =>
    trace.write(`${clock.now()} violation ${violation.invariant} ${violation.message}`),
  );
  const faults = createFaults(swarm, randomness.fork('faults'), clock.now);
  const faultLog = createFaultLog((fault) => trace.write(`${clock.now()} fault ${fault}`));
  const hung = createHungCalls();
  const shared = { world, scheduler, swarm, faults, faultLog, trace };
  const suffer = (act: (call: PortCall) => void) => (call: PortCall) => {
    act(call);
    if (call.method === 'apply') people.seeTrouble(call.subject);
  };
  const gate = createFaultyGate({
    ...{ ...shared, clock, whenFreed: hung.whenFreed },
    crash: suffer(({ actor }) => processes.crash(actor)),
    pause: (call, durationMs) => suffer(({ actor }) => processes.pause(actor, durationMs))(call),
  });
  const processes = createProcesses({
    ...shared,
    randomness: randomness.fork('processes'),
    plant: input.plant,
    parse: input.parse,
    gate,
    onCollapse: ({ name }, error) => findings.violate('I-30', `${name} ended by itself: ${error}`),
  });
  const people = createPeople({
    ...shared,
    options: swarm.people,
    serving: swarm.serving === null ? {} : renderServing(swarm.serving),
    randomness: randomness.fork('people'),
    announce: processes.hint,
  });
  const weather = createWeather({
    ...{ ...shared, options: swarm.faults, processes },
    randomness: randomness.fork('weather'),
  });
  const life = createLife({
    ...{ ...shared, announce: processes.hint },
    randomness: randomness.fork('life'),
  });
  world.listen((event) => traceEvent(trace, clock.now(), event));
  return {
    ...shared,
    findings,
    processes,
    people,
    weather,
    life,
    watches: watchAll(world, swarm, findings),
    listDivergences: createConvergenceCheck(world, input.parse),
    freeHung: hung.free,
    enter: (phase) => tellPhase(world, phase),
    pass: async (durationMs, isDone = () => false) => {
      const mustEnd = () => findings.violation() !== null || isDone();
      const progress = await scheduler.run(mustEnd, durationMs);
      if (progress !== 'livelock') return;
      findings.violate('I-30', 'work goes on and on while no time passes');
    },
  };
}

function watchAll(world: SimulatedWorld, swarm: Swarm, findings: Findings): readonly Watch[] {
  const watches = INVARIANTS.map(({ id, watch }) =>
    watch({
      world,
      settings: swarm.settings,
      reached: () => findings.reached(id),
      violate: (message) => findings.violate(id, message),
    }),
  );
  for (const { onEvent } of watches) if (onEvent !== undefined) world.listen(onEvent);
  return watches;
}

async function tellPhase(world: SimulatedWorld, phase: Phase): Promise<void> {
  for (const { name: zone } of world.zones) await world.tell({ kind: 'phase', zone, phase });
}

function createHungCalls() {
  let waiting: (() => void)[] = [];
  return {
    whenFreed: () => new Promise<void>((resolve) => waiting.push(resolve)),
    free: () => {
      const freed = waiting;
      waiting = [];
      for (const resolve of freed) resolve();
    },
  };
}
