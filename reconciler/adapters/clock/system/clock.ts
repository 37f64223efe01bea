import type { Clock } from '../../../ports/clock.ts';

/** The longest delay that a timer takes; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The wall clock, held back when the machine's clock is set back. */
export function createSystemClock(): Clock {
  let latest = 0;
  return {
    now() {
      latest = Math.max(latest, Date.now());
      return latest;
    },
    async sleep(durationMs, signal) {
      // Measured on the monotonic clock: a timer may fire a little early, and a wall clock jumps.
      const until = performance.now() + (Number.isNaN(durationMs) ? 0 : durationMs);
      let remainingMs = until - performance.now();
      do {
        if (signal?.aborted) return;
        await waitForTimer(Math.min(Math.max(Math.ceil(remainingMs), 0), MAX_TIMER_MS), signal);
        remainingMs = until - performance.now();
      } while (remainingMs > 0);
    },
  };
}

function waitForTimer(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, durationMs);
    signal?.addEventListener('abort', finish);
  });
}
