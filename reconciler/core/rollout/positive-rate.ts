import { logSumExp } from '../statistics/log-sum-exp.ts';
import { type EventPool, poolEvents, swapArms, toEvents } from './event-pool.ts';
import { measureRelativeEvidence } from './promotion-evidence.ts';
import { measureRollbackEvidence } from './rollback-evidence.ts';
import type { WeightEpoch } from './weight-epoch.ts';

export type DecisionCounts = {
  readonly positives: readonly EventPool[];
  readonly negatives: readonly EventPool[];
  /**
   * One over the rows of a request. The rows of a request meet one version together, so they are no
   * more evidence than one; a root of the product of their factors still has a mean of at most one.
   */
  readonly power: number;
};

export function countDecisions(epochs: readonly WeightEpoch[]): DecisionCounts {
  return {
    positives: poolEvents(toEvents(epochs, ({ positives }) => positives)),
    negatives: poolEvents(
      toEvents(epochs, ({ rows, positives }) => (positives === null ? null : rows - positives)),
    ),
    power: 1 / countRowsPerRequest(epochs),
  };
}

/** Exact where all requests have the same number of rows; otherwise their mean, rounded up. */
function countRowsPerRequest(epochs: readonly WeightEpoch[]): number {
  let rows = 0;
  let answered = 0;
  for (const { weight, canary, stable } of epochs) {
    if (weight <= 0 || weight >= 1) continue;
    for (const arm of [canary, stable]) {
      rows += arm?.rows ?? 0;
      answered += (arm?.requests ?? 0) - (arm?.failures ?? 0);
    }
  }
  return answered === 0 ? 1 : Math.max(1, Math.ceil(rows / answered));
}

/**
 * Two one-sided e-processes against "neither decision, positive or negative, is taken at a rate that
 * differs from the stable's by more than the factor `tolerance`". Each bets half on either decision:
 * where nearly all are positive, only the negatives can show that a canary has stopped to decide.
 */
export function measureDecisionShift(
  { positives, negatives, power }: DecisionCounts,
  tolerance: number,
): { readonly more: number; readonly fewer: number } {
  const measure = (pools: readonly EventPool[]) => measureRollbackEvidence(pools, tolerance, power);
  return {
    more: average(measure(positives), measure(swapArms(negatives))),
    fewer: average(measure(swapArms(positives)), measure(negatives)),
  };
}

function average(left: number, right: number): number {
  return logSumExp([left, right]) - Math.LN2;
}

/** The least of four: both rates have to be shown to lie within the margin, on both sides. */
export function measureSameDecisions(
  { positives, negatives, power }: DecisionCounts,
  margin: number,
): number {
  const sides = [positives, swapArms(positives), negatives, swapArms(negatives)];
  return Math.min(...sides.map((pools) => measureRelativeEvidence(pools, margin, power)));
}
