import type { SeededRandomness } from '../../reconciler/adapters/randomness/seeded/randomness.ts';
import {
  createZoneReconciler,
  type ZoneReconciler,
} from '../../reconciler/engine/zone-reconciler.ts';
import type { Gate } from './gate.ts';
import type { ParseOnce } from './parse-once.ts';
import type { Plant } from './planted/plant.ts';
import { createProcessClock, type ProcessClock } from './process-clock.ts';
import { type Actor, createActor, type Scheduler } from './scheduler.ts';
import type { SimulatedWorld, ZoneWorld } from './simulated-world.ts';
import type { Swarm } from './swarm.ts';
import { wireProcess } from './wire-process.ts';

/** One incarnation of a reconciler process; the next one has another name and knows nothing. */
export type Process = {
  readonly actor: Actor;
  readonly clock: ProcessClock;
  readonly reconciler: ZoneReconciler;
  readonly stop: AbortController;
};

export type SlotDeps = {
  readonly world: SimulatedWorld;
  readonly scheduler: Scheduler;
  readonly randomness: SeededRandomness;
  readonly swarm: Swarm;
  readonly plant: Plant;
  readonly parse: ParseOnce;
  readonly gate: Gate;
  readonly isHolderDead: (holder: string) => Promise<boolean>;
  /** Called when a reconciler ends although nobody told it to. */
  readonly onCollapse: (actor: Actor, error: unknown) => void;
  /** How long the next incarnation takes to start. */
  readonly drawRestartMs: () => number;
};

/** A place where a process runs; whatever ends it, another one is started there. */
export type ProcessSlot = {
  readonly start: () => void;
  /** The process that runs here now, if it does. */
  readonly alive: () => Process | null;
  readonly crash: () => void;
  /** Awake and at the world's pace again; who is yet to start starts now. */
  readonly heal: () => void;
};

export function createProcessSlot(deps: SlotDeps, zone: ZoneWorld, index: number): ProcessSlot {
  const supervisor = createActor(`supervisor-${zone.name}-${index}`);
  let incarnation = 0;
  let isRestarting = false;
  let process: Process | null = null;

  const start = (): void => {
    incarnation += 1;
    isRestarting = false;
    const started = startProcess(deps, zone, `${zone.name}-${index}.${incarnation}`);
    process = started;
    const end = (error: unknown) => {
      if (!started.stop.signal.aborted) deps.onCollapse(started.actor, error);
      started.actor.isDead = true;
      if (process === started) void restart();
    };
    started.reconciler.run(started.stop.signal).then(() => end(null), end);
  };

  const restart = async (): Promise<void> => {
    if (isRestarting) return;
    isRestarting = true;
    await deps.world.clock.sleep(deps.drawRestartMs());
    await deps.scheduler.step(supervisor);
    if (isRestarting) start();
  };

  return {
    start,
    alive: () => (process?.actor.isDead === false ? process : null),
    crash: () => {
      if (process === null || process.actor.isDead) return;
      process.actor.isDead = true;
      void restart();
    },
    heal: () => {
      if (process !== null) process.actor.isPaused = false;
      process?.clock.setPace(1);
      if (isRestarting) start();
    },
  };
}

function startProcess(deps: SlotDeps, zone: ZoneWorld, name: string): Process {
  const actor = createActor(name);
  const clock = createProcessClock(deps.world.clock, deps.scheduler, actor);
  const randomness = deps.randomness.fork(name);
  const reconciler = createZoneReconciler(wireProcess({ ...deps, zone, actor, clock, randomness }));
  return { actor, clock, reconciler, stop: new AbortController() };
}
