import type { Instant } from '../../reconciler/core/contracts/instant.ts';
import type { Clock } from '../../reconciler/ports/clock.ts';
import type { Actor, Scheduler } from './scheduler.ts';

/** How far a process's clock strays at most: beyond that, time synchronisation holds it. */
export const MAX_SKEW_MS = 10_000;

export type ProcessClock = Clock & {
  /** From now on a second of the world is `pace` seconds of this clock, until the skew's bound. */
  readonly setPace: (pace: number) => void;
};

/**
 * A process's own idea of time. It never moves backwards; it may run at half or twice the pace, so
 * that what a process believes about its lease is wrong now and then.
 */
export function createProcessClock(world: Clock, scheduler: Scheduler, actor: Actor): ProcessClock {
  let pace = 1;
  let since = world.now();
  let skewThen = 0;

  const skewAt = (instant: Instant): number => {
    const skew = skewThen + (pace - 1) * (instant - since);
    return Math.max(-MAX_SKEW_MS, Math.min(MAX_SKEW_MS, skew));
  };
  const now = (): Instant => {
    const instant = world.now();
    return Math.floor(instant + skewAt(instant));
  };
  /** How long the world takes until this clock has advanced by so much. */
  const toWorldMs = (ownMs: number): number => {
    const skew = skewAt(world.now());
    const paced = ownMs / pace;
    const bounded = pace > 1 ? ownMs - (MAX_SKEW_MS - skew) : ownMs + (MAX_SKEW_MS + skew);
    return Math.ceil(Math.max(0, pace > 1 ? Math.max(paced, bounded) : Math.min(paced, bounded)));
  };

  return {
    now,
    async sleep(durationMs, signal) {
      const until = now() + Math.max(0, durationMs);
      do {
        await world.sleep(toWorldMs(until - now()), signal);
        await scheduler.step(actor);
      } while (now() < until && signal?.aborted !== true);
    },
    setPace: (next) => {
      const instant = world.now();
      skewThen = skewAt(instant);
      since = instant;
      pace = next;
    },
  };
}
