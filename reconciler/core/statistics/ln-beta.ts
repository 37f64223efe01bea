import { LN_ROOT_TWO_PI, lnGamma, STIRLING_FROM, toStirlingRest } from './ln-gamma.ts';

/**
 * The natural logarithm of the beta function of two positive numbers. Three logarithms of the gamma
 * function would each be of the size of the counts times their logarithm, and their difference lose
 * what a verdict is decided on; here the large parts are taken out before they are summed.
 */
export function lnBeta(first: number, second: number): number {
  const less = Math.min(first, second);
  const more = Math.max(first, second);
  if (more < STIRLING_FROM) return lnGamma(less) + lnGamma(more) - lnGamma(less + more);
  const share = less / (less + more);
  const moreRest = toStirlingRest(more) - toStirlingRest(less + more);
  if (less < STIRLING_FROM) {
    const large = (more - 0.5) * Math.log1p(-share) - less * Math.log(less + more);
    return lnGamma(less) + moreRest + less + large;
  }
  const large = (less - 0.5) * Math.log(share) + more * Math.log1p(-share);
  return LN_ROOT_TWO_PI - 0.5 * Math.log(more) + toStirlingRest(less) + moreRest + large;
}
