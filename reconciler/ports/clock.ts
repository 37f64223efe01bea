import type { Instant } from '../core/contracts/instant.ts';

/** The only source of time. */
export interface Clock {
  /** Never moves backwards within one process. */
  now(): Instant;
  /** Resolves after at least `durationMs`, or at once when `signal` is aborted; never rejects. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
}

/**
 * Milliseconds with fractions since some moment, for durations alone: a prediction takes a tenth of
 * what the clock tells apart. It never goes back, and knows nothing of the time of day.
 */
export type Stopwatch = () => number;
