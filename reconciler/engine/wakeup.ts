import type { Clock } from '../ports/clock.ts';

/** A latch between loops: a notice given before anybody waits is not lost, and two count as one. */
export type Wakeup = {
  readonly notify: () => void;
  /** Resolves on the next notice, after `timeoutMs`, or when `signal` is aborted. */
  readonly wait: (timeoutMs: number, signal: AbortSignal) => Promise<void>;
};

export function createWakeup(clock: Clock): Wakeup {
  let isNotified = false;
  let release: (() => void) | null = null;
  return {
    notify: () => {
      isNotified = true;
      release?.();
    },
    wait: async (timeoutMs, signal) => {
      if (!isNotified && !signal.aborted) {
        const timer = new AbortController();
        const stop = () => timer.abort('over');
        signal.addEventListener('abort', stop, { once: true });
        release = stop;
        await clock.sleep(timeoutMs, timer.signal);
        release = null;
        signal.removeEventListener('abort', stop);
      }
      isNotified = false;
    },
  };
}
