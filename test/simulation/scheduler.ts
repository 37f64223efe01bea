import type { SimulatedClock } from '../../reconciler/adapters/clock/simulated/clock.ts';
import type { Instant } from '../../reconciler/core/contracts/instant.ts';
import type { Randomness } from '../../reconciler/ports/randomness.ts';

/** Whose turn it may be: a process, a person, the network. */
export type Actor = {
  readonly name: string;
  /** A dead actor's continuations never run again. */
  isDead: boolean;
  /** A paused one's wait, while time goes on for everybody else. */
  isPaused: boolean;
};

export function createActor(name: string): Actor {
  return { name, isDead: false, isPaused: false };
}

export type Progress = 'done' | 'time-over' | 'livelock';

export type Scheduler = {
  /** Gives up control until this actor's turn comes, among all whose turn it could be. */
  readonly step: (actor: Actor) => Promise<void>;
  /**
   * Runs until `isDone`, or until so much time has passed. `livelock`: work went on and on while
   * no time passed.
   */
  readonly run: (isDone: () => boolean, durationMs: number) => Promise<Progress>;
  readonly countTicks: () => number;
};

/** Far above what any honest instant needs: a whole resync of a small world is some hundreds. */
const MAX_TICKS_PER_INSTANT = 20_000;

type Turn = { readonly actor: Actor; readonly resume: () => void };

/**
 * One thread, one choice at a time: it resumes one continuation, lets the microtasks run dry, and
 * chooses again from its own stream of chance. Time moves only when nobody can run.
 */
export function createScheduler(clock: SimulatedClock, randomness: Randomness): Scheduler {
  const turns: Turn[] = [];
  let ticks = 0;

  const takeTurn = (): Turn | null => {
    const ready = turns.filter((turn) => !turn.actor.isPaused);
    const turn = ready[Math.floor(ready.length * randomness.fraction())];
    if (turn === undefined) return null;
    turns.splice(turns.indexOf(turn), 1);
    return turn;
  };

  const run = async (isDone: () => boolean, durationMs: number): Promise<Progress> => {
    const until = clock.now() + durationMs;
    // Somebody must be due at the end, or time would not get there when all others sleep.
    void clock.sleep(durationMs);
    let ticksOfInstant = 0;
    await runMicrotasksDry();
    while (!isDone()) {
      const turn = takeTurn();
      if (turn !== null) {
        ticks += 1;
        ticksOfInstant += 1;
        if (!turn.actor.isDead) turn.resume();
      } else {
        const before = clock.now();
        if (!wakeAllDue(clock, until)) return 'time-over';
        if (clock.now() > before) ticksOfInstant = 0;
      }
      if (ticksOfInstant > MAX_TICKS_PER_INSTANT) return 'livelock';
      await runMicrotasksDry();
    }
    return 'done';
  };

  return {
    step: (actor) =>
      new Promise((resolve) => {
        if (!actor.isDead) turns.push({ actor, resume: resolve });
      }),
    run,
    countTicks: () => ticks,
  };
}

/** Whoever is due at one instant is woken together, and the scheduler chooses who goes first. */
function wakeAllDue(clock: SimulatedClock, until: Instant): boolean {
  if (!clock.wakeNext(until)) return false;
  while (clock.wakeNext(clock.now()));
  return true;
}

const nextTick = process.nextTick.bind(process);

/** Node begins a next tick only when no microtask is left; unlike a timer it costs almost nothing. */
function runMicrotasksDry(): Promise<void> {
  return new Promise((resolve) => nextTick(resolve));
}
