import { lnIncompleteBeta } from '../statistics/incomplete-beta.ts';
import { lnBeta } from '../statistics/ln-beta.ts';
import type { EventPool } from './event-pool.ts';
import { createRatioGrid, measureGridEvidence } from './grid-evidence.ts';

/** Times the rate that is still fine: from a tenth more to ten times. */
const WORSE_RATIOS = createRatioGrid(1.1, 10);

/**
 * ln E against "the canary's rate is at most `tolerance` times the stable's". With a tolerance of 1
 * any difference is found in the end, also one that nobody minds.
 */
export function measureRollbackEvidence(
  pools: readonly EventPool[],
  tolerance = 1,
  power = 1,
): number {
  return measureGridEvidence(pools, {
    nullRatio: tolerance,
    ratios: tolerance === 1 ? WORSE_RATIOS : WORSE_RATIOS.map((ratio) => ratio * tolerance),
    power,
  });
}

/**
 * The same question at one weight, with a Beta(1, (1 − w)/w) bet in place of a grid: another way to
 * about the same number, by which the grid is checked.
 */
export function measureRollbackClosedForm({ weight, canary, stable }: EventPool): number {
  const after = (1 - weight) / weight;
  const bet = lnIncompleteBeta(weight, 1 + canary, after + stable).above;
  const stake = lnIncompleteBeta(weight, 1, after).above;
  return (
    lnBeta(1 + canary, after + stable) -
    lnBeta(1, after) +
    bet -
    stake -
    canary * Math.log(weight) -
    stable * Math.log1p(-weight)
  );
}
