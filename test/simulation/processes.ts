import type { SeededRandomness } from '../../reconciler/adapters/randomness/seeded/randomness.ts';
import {
  createZoneReconciler,
  type ZoneReconciler,
} from '../../reconciler/engine/zone-reconciler.ts';
import { drawBetween, drawChance, drawOne } from './draw.ts';
import type { FaultLog } from './fault-log.ts';
import type { Gate } from './gate.ts';
import type { ParseOnce } from './parse-once.ts';
import type { Plant } from './planted/plant.ts';
import { createProcessClock, type ProcessClock } from './process-clock.ts';
import { type Actor, createActor, type Scheduler } from './scheduler.ts';
import type { SimulatedWorld, ZoneWorld } from './simulated-world.ts';
import type { Swarm } from './swarm.ts';
import { wireProcess } from './wire-process.ts';

/** One incarnation of a reconciler process; the next one has another name and knows nothing. */
type Process = {
  readonly actor: Actor;
  readonly clock: ProcessClock;
  readonly reconciler: ZoneReconciler;
  readonly stop: AbortController;
};

export type ProcessesDeps = {
  readonly world: SimulatedWorld;
  readonly scheduler: Scheduler;
  readonly randomness: SeededRandomness;
  readonly swarm: Swarm;
  readonly plant: Plant;
  readonly parse: ParseOnce;
  readonly gate: Gate;
  readonly faultLog: FaultLog;
  /** Called when a reconciler ends although nobody told it to. */
  readonly onCollapse: (actor: Actor, error: unknown) => void;
};

export type Processes = {
  readonly startAll: () => void;
  readonly crash: (actor: Actor) => void;
  readonly crashLeader: (zone: string) => void;
  readonly pause: (actor: Actor, durationMs: number) => void;
  /** Asks one process to end in good order, as a deployment does. */
  readonly stopOne: () => void;
  readonly changePaceOfOne: () => void;
  /** Tells each process that main moved, unless the notice is lost. */
  readonly hint: (chance: number) => void;
  /** Everybody awake, alive and at the world's pace again. */
  readonly heal: () => void;
  readonly isAlive: (holder: string) => boolean;
};

export function createProcesses(deps: ProcessesDeps): Processes {
  const { world, scheduler, swarm, faultLog } = deps;
  const chance = deps.randomness.fork('processes');
  const slots = world.zones.flatMap((zone) =>
    Array.from({ length: swarm.processesPerZone }, (_, index) => createSlot(zone, index)),
  );
  let isHealed = false;

  const start = (slot: Slot): void => {
    slot.incarnation += 1;
    slot.isRestarting = false;
    const process = startProcess(deps, slot, isHolderDead);
    slot.process = process;
    const { actor, reconciler, stop } = process;
    const end = (error: unknown) => {
      if (!stop.signal.aborted) deps.onCollapse(actor, error);
      actor.isDead = true;
      if (slot.process === process) restartLater(slot);
    };
    reconciler.run(stop.signal).then(() => end(null), end);
  };

  const restartLater = (slot: Slot): void => {
    if (slot.isRestarting) return;
    slot.isRestarting = true;
    const delayMs = isHealed ? 0 : drawBetween(chance, 0, swarm.faults.restartMs);
    const wake = async () => {
      await world.clock.sleep(delayMs);
      await scheduler.step(slot.supervisor);
      if (slot.isRestarting) start(slot);
    };
    void wake();
  };

  const slotOf = (actor: Actor) => slots.find((slot) => slot.process?.actor === actor);
  const alive = () =>
    slots.flatMap(({ process }) => (process?.actor.isDead === false ? process : []));

  const isAlive = (holder: string) => alive().some(({ actor }) => actor.name === holder);

  const isHolderDead = async (holder: string): Promise<boolean> => {
    if (swarm.faults.obituaries === 'none') return false;
    const isRumour = swarm.faults.obituaries === 'rumours' && !isHealed && drawChance(chance, 0.1);
    if (isRumour) faultLog.count('false-obituary');
    return isRumour || !isAlive(holder);
  };

  const crash = (actor: Actor): void => {
    actor.isDead = true;
    const slot = slotOf(actor);
    if (slot !== undefined) restartLater(slot);
  };

  return {
    startAll: () => {
      for (const slot of slots) start(slot);
    },
    crash,
    crashLeader: (zone) => {
      const leader = world.zones.find(({ name }) => name === zone)?.tables.leader.holder;
      const process = alive().find(({ actor }) => actor.name === leader);
      if (process !== undefined) crash(process.actor);
    },
    pause: (actor, durationMs) => {
      actor.isPaused = true;
      void world.clock.sleep(durationMs).then(() => {
        actor.isPaused = false;
      });
    },
    stopOne: () => {
      const running = alive();
      if (running.length === 0) return;
      faultLog.count('stop');
      drawOne(chance, running).stop.abort();
    },
    changePaceOfOne: () => {
      const running = alive();
      if (running.length === 0) return;
      faultLog.count('pace-change');
      drawOne(chance, running).clock.setPace(drawOne(chance, [0.5, 0.8, 1, 1.25, 2]));
    },
    hint: (probability) => {
      for (const { reconciler } of alive()) {
        if (drawChance(chance, probability)) reconciler.hint();
        else faultLog.count('hint-lost');
      }
    },
    heal: () => {
      isHealed = true;
      for (const slot of slots) {
        if (slot.process !== null) slot.process.actor.isPaused = false;
        slot.process?.clock.setPace(1);
        if (slot.isRestarting) start(slot);
      }
    },
    isAlive,
  };
}

type Slot = {
  readonly zone: ZoneWorld;
  readonly index: number;
  readonly supervisor: Actor;
  incarnation: number;
  isRestarting: boolean;
  process: Process | null;
};

function createSlot(zone: ZoneWorld, index: number): Slot {
  const supervisor = createActor(`supervisor-${zone.name}-${index}`);
  return { zone, index, supervisor, incarnation: 0, isRestarting: false, process: null };
}

function startProcess(
  deps: ProcessesDeps,
  { zone, index, incarnation }: Slot,
  isHolderDead: (holder: string) => Promise<boolean>,
): Process {
  const { world, scheduler, swarm, plant, parse, gate } = deps;
  const actor = createActor(`${zone.name}-${index}.${incarnation}`);
  const clock = createProcessClock(world.clock, scheduler, actor);
  const randomness = deps.randomness.fork(actor.name);
  const parts = { world, zone, actor, clock, randomness, gate, swarm, plant, parse };
  const reconciler = createZoneReconciler(wireProcess({ ...parts, isHolderDead }));
  return { actor, clock, reconciler, stop: new AbortController() };
}
