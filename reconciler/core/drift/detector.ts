import { crosses } from '../statistics/crossing.ts';
import { softplus } from '../statistics/log-sum-exp.ts';

/**
 * One step of the Shiryaev–Roberts detector, M ← (1 + M)·e: evidence for a change at any time up to
 * now. Where nothing has changed, M is at most the number of windows on average, so it comes to A
 * no sooner than after A windows. Null stands for M = 0, which has no logarithm.
 */
export function advanceDetector(lnM: number | null, lnE: number): number {
  return softplus(lnM ?? Number.NEGATIVE_INFINITY) + lnE;
}

/**
 * The product of e-values since it last was below 1, in logarithms: where a change is most likely to
 * have begun. M itself hardly ever falls below 1, changed or not, for every window adds one to it.
 */
export function advanceRun(lnRun: number, lnE: number): number {
  return Math.max(0, lnRun) + lnE;
}

export function isAlarm(lnM: number, threshold: number): boolean {
  return crosses(lnM, Math.log(threshold));
}
