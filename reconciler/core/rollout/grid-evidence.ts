import { logSumExp } from '../statistics/log-sum-exp.ts';
import type { EventPool } from './event-pool.ts';

/** How many ratios a grid has. */
const GRID_SIZE = 24;

/** Evenly spaced in their logarithms, the ends exact. */
export function createRatioGrid(from: number, to: number): readonly number[] {
  const last = GRID_SIZE - 1;
  return Array.from({ length: GRID_SIZE }, (_, at) => {
    if (at === 0) return from;
    return at === last ? to : from * (to / from) ** (at / last);
  });
}

/**
 * The probability that an event is the canary's when its rate is so many times the stable's. What
 * is not an event plays no part: without events there is no evidence, and so no case of no data.
 */
export function toCanaryShare(weight: number, ratio: number): number {
  return (weight * ratio) / (weight * ratio + 1 - weight);
}

export type GridQuestion = {
  /** The ratio of rates at the border of what is assumed. */
  readonly nullRatio: number;
  /** What is bet on, with equal stakes. */
  readonly ratios: readonly number[];
  /** Below 1 where events come in bunches: see `positive-rate.ts`. */
  readonly power?: number;
};

/**
 * ln E of an e-process: under the assumption, each event multiplies E by a factor whose mean is at
 * most one. So E ever comes to 1/α with a probability of at most α, however often one looks and
 * whatever the weight does meanwhile (Ville's inequality).
 */
export function measureGridEvidence(
  pools: readonly EventPool[],
  { nullRatio, ratios, power = 1 }: GridQuestion,
): number {
  const bets = ratios.map((ratio) => {
    // The logarithms of share over share, and of rest over rest, have all but one term in common.
    const factor = Math.log(ratio / nullRatio);
    let sum = 0;
    for (const { weight, canary, stable } of pools) {
      const scale = Math.log1p(weight * (ratio - 1)) - Math.log1p(weight * (nullRatio - 1));
      sum += canary * factor - (canary + stable) * scale;
    }
    return power * sum;
  });
  return logSumExp(bets) - Math.log(ratios.length);
}
