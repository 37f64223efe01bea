import { lnIncompleteBeta } from '../statistics/incomplete-beta.ts';
import { lnBeta } from '../statistics/ln-beta.ts';
import { logSumExp } from '../statistics/log-sum-exp.ts';
import type { EventPool } from './event-pool.ts';
import { createRatioGrid, measureGridEvidence, toCanaryShare } from './grid-evidence.ts';

/**
 * What is bet on, as parts of the failure rate that is allowed. Most of the stake is on a canary
 * that never fails, so that one that has not failed is through after some 300 requests at 1 %; the
 * rest finds those that fail rarely enough.
 */
const RATE_BETS: readonly { readonly part: number; readonly stake: number }[] = [
  { part: 0, stake: 3 / 4 },
  ...[1, 2, 4, 6, 8, 10, 12, 14].map((of) => ({ part: of / 16, stake: 1 / 32 })),
];

/** ln E against "the canary fails at least as often as `maxFailureRate` allows". */
export function measureAbsoluteEvidence(
  canary: { readonly requests: number; readonly failures: number },
  maxFailureRate: number,
): number {
  const { requests, failures } = canary;
  const bets = RATE_BETS.map(({ part, stake }) => {
    // Of no failures nothing is known but that there were none, also by who bet on none.
    const failing = failures === 0 ? 0 : failures * Math.log(part);
    const each = Math.log1p(-part * maxFailureRate) - Math.log1p(-maxFailureRate);
    return Math.log(stake) + failing + (requests - failures) * each;
  });
  return logSumExp(bets);
}

/** The best ratio that is bet on, whatever the margin. */
const LEAST_RATIO = 0.1;

/** The worst one, as a part of the margin: 1.15 at 1.25. */
const MOST_OF_MARGIN = 0.92;

/** ln E against "the canary's rate is at least `margin` times the stable's": non-inferiority. */
export function measureRelativeEvidence(
  pools: readonly EventPool[],
  margin: number,
  power = 1,
): number {
  const ratios = createRatioGrid(LEAST_RATIO, MOST_OF_MARGIN * margin);
  return measureGridEvidence(pools, { nullRatio: margin, ratios, power });
}

/** The same question at one weight, in closed form; a check of the grid. */
export function measureRelativeClosedForm(
  { weight, canary, stable }: EventPool,
  margin: number,
): number {
  const after = (1 - weight) / weight;
  const border = toCanaryShare(weight, margin);
  const bet = lnIncompleteBeta(border, 1 + canary, after + stable).below;
  const stake = lnIncompleteBeta(border, 1, after).below;
  return (
    lnBeta(1 + canary, after + stable) -
    lnBeta(1, after) +
    bet -
    stake -
    canary * Math.log(border) -
    stable * Math.log1p(-border)
  );
}
