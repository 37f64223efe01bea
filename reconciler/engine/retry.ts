import type { Randomness } from '../ports/randomness.ts';

/** 1 s, 2 s, 4 s … 60 s; five attempts of one effect last about half a minute. */
const BASE_DELAY_MS = 1_000;
export const MAX_DELAY_MS = 60_000;
export const MAX_ATTEMPTS = 5;

/** Up to a fifth more or less, so that what failed together does not return together. */
const JITTER = 0.2;

export function backoffMs(attempt: number, randomness: Randomness): number {
  const delayMs = Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** Math.max(0, attempt - 1));
  return Math.round(jitter(delayMs, randomness));
}

export function jitter(delayMs: number, randomness: Randomness): number {
  return delayMs * (1 - JITTER + 2 * JITTER * randomness.fraction());
}
