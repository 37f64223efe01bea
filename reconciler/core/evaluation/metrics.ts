import { countClasses, groupByScore, type LabelledScores } from './labelled-scores.ts';

/** A certain score that is wrong would cost infinitely much. */
const SMALLEST_PROBABILITY = 1e-15;

/** From here on an answer counts as positive in the figures that need a decision. */
const DECISION_THRESHOLD = 0.5;

export type Mean = { readonly value: number; readonly variance: number };

export type Decisions = {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
};

/** The mean precision over the positives, from the highest score down. Null without positives. */
export function measureAveragePrecision(rows: LabelledScores): number | null {
  const { positives } = countClasses(rows.labels);
  if (positives === 0) return null;
  let found = 0;
  let taken = 0;
  let sum = 0;
  for (const group of [...groupByScore(rows)].reverse()) {
    found += group.positives;
    taken += group.positives + group.negatives;
    sum += group.positives * (found / taken);
  }
  return sum / positives;
}

export function measureLogLoss(rows: LabelledScores): Mean {
  return measureMean(rows, (score, label) => {
    const right = label === 1 ? score : 1 - score;
    return -Math.log(Math.min(Math.max(right, SMALLEST_PROBABILITY), 1));
  });
}

export function measureBrier(rows: LabelledScores): Mean {
  return measureMean(rows, (score, label) => (score - label) ** 2);
}

export function countDecisions({ scores, labels }: LabelledScores): Decisions {
  let [truePositives, falsePositives, trueNegatives, falseNegatives] = [0, 0, 0, 0];
  labels.forEach((label, row) => {
    const isPositive = (scores[row] as number) >= DECISION_THRESHOLD;
    if (isPositive && label === 1) truePositives += 1;
    else if (isPositive) falsePositives += 1;
    else if (label === 1) falseNegatives += 1;
    else trueNegatives += 1;
  });
  return { truePositives, falsePositives, trueNegatives, falseNegatives };
}

/** With the variance of the mean, not of the rows. */
function measureMean(
  { scores, labels }: LabelledScores,
  cost: (score: number, label: number) => number,
): Mean {
  const costs = Float64Array.from(labels, (label, row) => cost(scores[row] as number, label));
  const rows = costs.length;
  const value = costs.reduce((sum, one) => sum + one, 0) / rows;
  const squares = costs.reduce((sum, one) => sum + (one - value) ** 2, 0);
  return { value, variance: rows < 2 ? 0 : squares / (rows - 1) / rows };
}
