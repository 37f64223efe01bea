import type { MetricInterval } from '../contracts/generated/evaluation-report.generated.ts';
import { toDeviations } from './normal-quantile.ts';

/** Wilson's interval of a share: honest for few rows and at 0 and 1, where others shrink to a point. */
export function toWilsonInterval(
  share: { readonly hits: number; readonly rows: number },
  level: number,
): MetricInterval {
  const { hits, rows } = share;
  const deviations = toDeviations(level);
  const square = deviations * deviations;
  const rate = hits / rows;
  const scale = 1 + square / rows;
  const centre = (rate + square / (2 * rows)) / scale;
  const spread = Math.sqrt((rate * (1 - rate)) / rows + square / (4 * rows * rows));
  const half = (deviations / scale) * spread;
  return {
    // At the ends the formula is exact, and only its rounding is not.
    lower: hits === 0 ? 0 : Math.max(0, centre - half),
    upper: hits === rows ? 1 : Math.min(1, centre + half),
    method: 'wilson',
    level,
  };
}
