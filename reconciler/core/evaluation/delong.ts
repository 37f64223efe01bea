import type { MetricInterval } from '../contracts/generated/evaluation-report.generated.ts';
import { countClasses, groupByScore, type LabelledScores } from './labelled-scores.ts';
import { toDeviations } from './normal-quantile.ts';
import { toWilsonInterval } from './wilson.ts';

export type AreaUnderCurve = {
  /** How often a positive scores above a negative; a tie counts half. */
  readonly value: number;
  /** DeLong's estimate; null with fewer than two rows of either class. */
  readonly variance: number | null;
  readonly positives: number;
  readonly negatives: number;
};

/** Null without rows of both classes. */
export function measureAreaUnderCurve(rows: LabelledScores): AreaUnderCurve | null {
  const { positives, negatives } = countClasses(rows.labels);
  if (positives === 0 || negatives === 0) return null;
  // For a positive the share of negatives below it, for a negative the share of positives above
  // it: both have the area as their mean, and their variances add up to its variance.
  const ofPositives = createSpread();
  const ofNegatives = createSpread();
  let positivesBelow = 0;
  let negativesBelow = 0;
  for (const group of groupByScore(rows)) {
    const positivesAbove = positives - positivesBelow - group.positives;
    ofPositives.add((negativesBelow + group.negatives / 2) / negatives, group.positives);
    ofNegatives.add((positivesAbove + group.positives / 2) / positives, group.negatives);
    positivesBelow += group.positives;
    negativesBelow += group.negatives;
  }
  const variance =
    positives < 2 || negatives < 2
      ? null
      : ofPositives.variance() / positives + ofNegatives.variance() / negatives;
  return { value: ofPositives.mean(), variance, positives, negatives };
}

export function toDelongInterval(area: AreaUnderCurve, level: number): MetricInterval | null {
  if (area.variance === null) return null;
  if (area.variance === 0) {
    // No row contradicts another, which says nothing of the spread: as sure as the smaller class.
    const rows = Math.min(area.positives, area.negatives);
    return toWilsonInterval({ hits: area.value * rows, rows }, level);
  }
  const half = toDeviations(level) * Math.sqrt(area.variance);
  return {
    lower: Math.max(0, area.value - half),
    upper: Math.min(1, area.value + half),
    method: 'delong',
    level,
  };
}

/** Welford's way, which loses no digits when values lie close together. */
function createSpread() {
  let rows = 0;
  let mean = 0;
  let squares = 0;
  return {
    add(value: number, times: number): void {
      if (times === 0) return;
      const distance = value - mean;
      rows += times;
      mean += (distance * times) / rows;
      squares += distance * (value - mean) * times;
    },
    mean: () => mean,
    variance: () => squares / (rows - 1),
  };
}
