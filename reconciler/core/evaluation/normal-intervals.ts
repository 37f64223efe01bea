import type { MetricInterval } from '../contracts/generated/evaluation-report.generated.ts';
import type { Mean } from './metrics.ts';
import { toDeviations } from './normal-quantile.ts';
import { toWilsonInterval } from './wilson.ts';

/** A mean of many rows is nearly normal; no cost is below zero. */
export function toMeanInterval(mean: Mean, level: number): MetricInterval {
  const half = toDeviations(level) * Math.sqrt(mean.variance);
  return {
    lower: Math.max(0, mean.value - half),
    upper: mean.value + half,
    method: 'normal',
    level,
  };
}

/**
 * Normal on the scale of log-odds, with the positives as the sample: Boyd, Eng and Page (2013)
 * found that it covers as often as it says, where resampling does not.
 */
export function toAveragePrecisionInterval(
  value: number,
  positives: number,
  level: number,
): MetricInterval {
  // Log-odds have no end there; a share has.
  if (value <= 0 || value >= 1) {
    return toWilsonInterval({ hits: value * positives, rows: positives }, level);
  }
  const odds = Math.log(value / (1 - value));
  const half = toDeviations(level) / Math.sqrt(positives * value * (1 - value));
  return {
    lower: 1 / (1 + Math.exp(half - odds)),
    upper: 1 / (1 + Math.exp(-half - odds)),
    method: 'normal',
    level,
  };
}
