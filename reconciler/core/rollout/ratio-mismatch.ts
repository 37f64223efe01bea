import { lnBeta } from '../statistics/ln-beta.ts';
import type { EventPool } from './event-pool.ts';
import { toCanaryShare } from './grid-evidence.ts';

/** How firmly the bet sits around the declared share: as if a hundred had been seen. */
const PRIOR_SIZE = 100;

/**
 * ln E against "each arm receives the share that was declared". Versions are drawn by entity, and
 * one entity may send many requests; where requests are counted, the odds that a fixed crowd of
 * entities really has may therefore differ from the declared ones, by up to the factor `tolerance`.
 * With entities counted it is 1.
 */
export function measureRatioMismatch(assigned: readonly EventPool[], tolerance = 1): number {
  let sum = 0;
  for (const { weight, canary, stable } of assigned) {
    const first = PRIOR_SIZE * weight;
    const second = PRIOR_SIZE * (1 - weight);
    const share = findLikeliestShare({ weight, canary, stable }, tolerance);
    sum += lnBeta(first + canary, second + stable) - lnBeta(first, second);
    sum -= canary * Math.log(share) + stable * Math.log1p(-share);
  }
  return sum;
}

/** Of all shares within the tolerance the one that explains the counts best: it is to be excused. */
function findLikeliestShare({ weight, canary, stable }: EventPool, tolerance: number): number {
  if (tolerance === 1) return weight;
  const low = toCanaryShare(weight, 1 / tolerance);
  const high = toCanaryShare(weight, tolerance);
  return Math.min(high, Math.max(low, canary / (canary + stable)));
}
