import { drawBetween, drawChance, drawOne } from './draw.ts';
import type { FaultLog } from './fault-log.ts';
import { createProcessSlot, type Process, type SlotDeps } from './process-slot.ts';
import type { Actor } from './scheduler.ts';

export type ProcessesDeps = Omit<SlotDeps, 'isHolderDead' | 'drawRestartMs'> & {
  readonly faultLog: FaultLog;
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

const PACES = [0.5, 0.8, 1, 1.25, 2] as const;

export function createProcesses(deps: ProcessesDeps): Processes {
  const { world, swarm, faultLog } = deps;
  const chance = deps.randomness.fork('processes');
  let isHealed = false;

  const isAlive = (holder: string) => alive().some(({ actor }) => actor.name === holder);
  const isHolderDead = async (holder: string): Promise<boolean> => {
    if (swarm.faults.obituaries === 'none') return false;
    const isRumour = swarm.faults.obituaries === 'rumours' && !isHealed && drawChance(chance, 0.1);
    if (isRumour) faultLog.count('false-obituary');
    return isRumour || !isAlive(holder);
  };
  const drawRestartMs = () => (isHealed ? 0 : drawBetween(chance, 0, swarm.faults.restartMs));

  const slotDeps: SlotDeps = { ...deps, isHolderDead, drawRestartMs };
  const slots = world.zones.flatMap((zone) =>
    Array.from({ length: swarm.processesPerZone }, (_, index) =>
      createProcessSlot(slotDeps, zone, index),
    ),
  );
  const alive = (): readonly Process[] => slots.flatMap((slot) => slot.alive() ?? []);
  const crashNamed = (name: string) =>
    slots.find((slot) => slot.alive()?.actor.name === name)?.crash();
  const withOne = (act: (process: Process) => void) => {
    const running = alive();
    if (running.length > 0) act(drawOne(chance, running));
  };

  return {
    startAll: () => {
      for (const slot of slots) slot.start();
    },
    crash: ({ name }) => crashNamed(name),
    crashLeader: (zone) =>
      crashNamed(world.zones.find(({ name }) => name === zone)?.tables.leader.holder ?? ''),
    pause: (actor, durationMs) => {
      actor.isPaused = true;
      void world.clock.sleep(durationMs).then(() => {
        actor.isPaused = false;
      });
    },
    stopOne: () =>
      withOne(({ stop }) => {
        faultLog.count('stop');
        stop.abort();
      }),
    changePaceOfOne: () =>
      withOne(({ clock }) => {
        faultLog.count('pace-change');
        clock.setPace(drawOne(chance, PACES));
      }),
    hint: (probability) => {
      for (const { reconciler } of alive()) {
        if (drawChance(chance, probability)) reconciler.hint();
        else faultLog.count('hint-lost');
      }
    },
    heal: () => {
      isHealed = true;
      for (const slot of slots) slot.heal();
    },
    isAlive,
  };
}
