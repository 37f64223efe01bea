import { toNormalQuantile } from '../../../reconciler/core/evaluation/normal-quantile.ts';
import { lnChiSquaredTail } from '../../../reconciler/core/statistics/chi-squared-tail.ts';
import { lnGamma } from '../../../reconciler/core/statistics/ln-gamma.ts';

export type Fraction = () => number;

const CELLS = 10;

/** Shares of ten cells that were equally full, once a standard normal value has moved by `shift`. */
export function toShiftedShares(shift: number): readonly number[] {
  const below = Array.from({ length: CELLS + 1 }, (_, edge) => {
    if (edge === 0 || edge === CELLS) return edge / CELLS;
    return toNormalShare(toNormalQuantile(edge / CELLS) - shift);
  });
  return below.slice(1).map((share, cell) => share - (below[cell] ?? 0));
}

/** Exact: each cell is binomial given those before it. */
export function drawCounts(
  rows: number,
  shares: readonly number[],
  fraction: Fraction,
): readonly number[] {
  let left = rows;
  let share = 1;
  return shares.map((one, cell) => {
    const isLast = cell === shares.length - 1;
    const count = isLast ? left : drawBinomial(left, Math.min(1, one / share), fraction);
    left -= count;
    share -= one;
    return count;
  });
}

/** From the most likely value outwards, so few steps are taken whatever the size. */
function drawBinomial(rows: number, share: number, fraction: Fraction): number {
  if (rows === 0 || share <= 0) return 0;
  if (share >= 1) return rows;
  const odds = share / (1 - share);
  const mode = Math.min(rows, Math.floor((rows + 1) * share));
  const lnChoose = lnGamma(rows + 1) - lnGamma(mode + 1) - lnGamma(rows - mode + 1);
  const density = Math.exp(lnChoose + mode * Math.log(share) + (rows - mode) * Math.log1p(-share));
  let rest = fraction() - density;
  let [low, high, lowDensity, highDensity] = [mode, mode, density, density];
  while (rest > 0 && (low > 0 || high < rows)) {
    if (high < rows) {
      highDensity *= ((rows - high) / (high + 1)) * odds;
      high += 1;
      rest -= highDensity;
      if (rest <= 0) return high;
    }
    if (low > 0) {
      lowDensity *= low / (rows - low + 1) / odds;
      low -= 1;
      rest -= lowDensity;
      if (rest <= 0) return low;
    }
  }
  return mode;
}

function toNormalShare(value: number): number {
  const tail = Math.exp(lnChiSquaredTail(value * value, 1)) / 2;
  return value < 0 ? tail : 1 - tail;
}
