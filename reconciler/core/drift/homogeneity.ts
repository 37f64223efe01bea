import { lnChiSquaredTail } from '../statistics/chi-squared-tail.ts';
import { type CellPair, sumCells } from './cell-pair.ts';

export type Homogeneity = {
  /** χ². */
  readonly statistic: number;
  readonly degrees: number;
  /** ln of the probability of a statistic this large where both sides are the same. */
  readonly lnP: number;
};

/**
 * Whether two samples may come from one distribution. Both are samples: to take the reference for
 * the truth itself would find a difference in every other window. Null for fewer than two groups.
 */
export function testHomogeneity({ reference, window }: CellPair): Homogeneity | null {
  const degrees = reference.length - 1;
  if (degrees < 1) return null;
  const referenceRows = sumCells(reference);
  const windowRows = sumCells(window);
  const rows = referenceRows + windowRows;
  let statistic = 0;
  reference.forEach((count, group) => {
    const other = window[group] ?? 0;
    const expected = ((count + other) * referenceRows) / rows;
    const otherExpected = ((count + other) * windowRows) / rows;
    statistic += (count - expected) ** 2 / expected;
    statistic += (other - otherExpected) ** 2 / otherExpected;
  });
  return { statistic, degrees, lnP: lnChiSquaredTail(statistic, degrees) };
}
