import type { Instant } from '../core/contracts/instant.ts';

/** The only source of time. */
export interface Clock {
  /** Never moves backwards within one process. */
  now(): Instant;
  /** Resolves after at least `durationMs`, or at once when `signal` is aborted; never rejects. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
}
