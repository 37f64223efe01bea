import { digestText } from '../../../reconciler/core/contracts/digest.ts';

const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/**
 * Doubles up to ten seconds, of which each boot waits its own part between a half and the whole:
 * nodes that lost the control plane together do not come back to it together.
 */
export function toRetryDelayMs(boot: string, attempt: number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  const draw = Number.parseInt(digestText(`${boot} ${attempt}`).slice(-8), 16) / 2 ** 32;
  return whole / 2 + (whole / 2) * draw;
}
