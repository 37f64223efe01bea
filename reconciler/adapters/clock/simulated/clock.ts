import type { Instant } from '../../../core/contracts/instant.ts';
import type { Clock } from '../../../ports/clock.ts';

export interface SimulatedClock extends Clock {
  /**
   * Moves time forward, waking sleepers one by one in order of their time, then of their arrival.
   * After each the microtasks run dry, so what a sleeper does next happens at its own time.
   */
  advance(durationMs: number): Promise<void>;
  /** Moves time to the next sleeper and wakes it alone; false when none is due by `until`. */
  wakeNext(until?: Instant): boolean;
  /** When the next sleeper is due; null when nobody sleeps with an end. */
  nextWakeAt(): Instant | null;
  /** How many sleep now: a test may assert that nothing was left behind. */
  countSleepers(): number;
}

type Sleeper = { readonly dueAt: Instant; readonly wake: () => void };

/** Time that stands still until it is told to move: the same calls give the same order, always. */
export function createSimulatedClock(options: { readonly startAt: Instant }): SimulatedClock {
  let now = options.startAt;
  /** Sorted by due time; equal times keep the order of arrival. */
  const sleepers: Sleeper[] = [];

  const wakeNext = (until: Instant = Number.POSITIVE_INFINITY): boolean => {
    const next = sleepers[0];
    if (next === undefined || next.dueAt > until || next.dueAt === Number.POSITIVE_INFINITY) {
      return false;
    }
    now = Math.max(now, next.dueAt);
    next.wake();
    return true;
  };

  return {
    now: () => now,
    sleep(durationMs, signal) {
      if (signal?.aborted) return Promise.resolve();
      // Also a sleep of zero waits to be woken: a loop over it must not starve the rest.
      const dueAt = now + Math.max(0, Number.isNaN(durationMs) ? 0 : durationMs);
      return addSleeper(sleepers, dueAt, signal);
    },
    async advance(durationMs) {
      const until = now + durationMs;
      await runMicrotasksDry();
      while (wakeNext(until)) await runMicrotasksDry();
      now = until;
    },
    wakeNext,
    nextWakeAt() {
      const dueAt = sleepers[0]?.dueAt ?? Number.POSITIVE_INFINITY;
      return dueAt === Number.POSITIVE_INFINITY ? null : dueAt;
    },
    countSleepers: () => sleepers.length,
  };
}

function addSleeper(
  sleepers: Sleeper[],
  dueAt: Instant,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve) => {
    const sleeper: Sleeper = {
      dueAt,
      wake() {
        sleepers.splice(sleepers.indexOf(sleeper), 1);
        signal?.removeEventListener('abort', sleeper.wake);
        resolve();
      },
    };
    sleepers.splice(findPlace(sleepers, dueAt), 0, sleeper);
    signal?.addEventListener('abort', sleeper.wake);
  });
}

/** Binary search for the first sleeper that is due later. */
function findPlace(sleepers: readonly Sleeper[], dueAt: Instant): number {
  let low = 0;
  let high = sleepers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sleepers[middle] as Sleeper).dueAt <= dueAt) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The event loop starts a new task only when no microtask is left. */
function runMicrotasksDry(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
