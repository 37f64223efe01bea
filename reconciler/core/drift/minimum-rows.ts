import { roundForVerdict } from '../statistics/crossing.ts';

/** What chance alone adds to the index may be a quarter of the effect that matters. */
const NOISE_SHARE = 1 / 4;

/**
 * From how many rows on an effect of this size stands out from chance; null where the reference
 * itself has too few rows for any window to do.
 */
export function toMinimumRows(of: {
  readonly effect: number;
  readonly cells: number;
  readonly referenceRows: number;
}): number | null {
  const { effect, cells, referenceRows } = of;
  if (cells < 2) return 1;
  const perRow = (effect * NOISE_SHARE) / (cells - 1) - 1 / referenceRows;
  // Rounded first: 360 rows are enough, though their reciprocal is a little off.
  return perRow > 0 ? Math.ceil(roundForVerdict(1 / perRow)) : null;
}
