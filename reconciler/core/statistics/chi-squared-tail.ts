import { toContinuedFraction } from './continued-fraction.ts';
import { lnGamma } from './ln-gamma.ts';

/**
 * ln P(χ² > value) of so many degrees of freedom. It stays in logarithms throughout: the probability
 * itself is 0 to a double from about 1,500 on.
 */
export function lnChiSquaredTail(value: number, degrees: number): number {
  if (!(degrees >= 1) || !(value >= 0 && value < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`no chi-squared tail at ${value} with ${degrees} degrees of freedom`);
  }
  if (value === 0) return 0;
  const shape = degrees / 2;
  const half = value / 2;
  const lnFront = shape * Math.log(half) - half - lnGamma(shape);
  if (half < shape + 1) return Math.log1p(-Math.exp(lnFront) * sumBelow(shape, half));
  return lnFront + Math.log(toUpperFraction(shape, half));
}

/** The lower incomplete gamma function without its front factor; converges where half < shape + 1. */
function sumBelow(shape: number, half: number): number {
  let term = 1 / shape;
  let sum = term;
  // Every term is less than the one before it, at last by any factor.
  for (let step = 1; term > sum * 2 ** -54; step += 1) {
    term *= half / (shape + step);
    sum += term;
  }
  return sum;
}

function toUpperFraction(shape: number, half: number): number {
  return toContinuedFraction((step) => ({
    numerator: step === 1 ? 1 : -(step - 1) * (step - 1 - shape),
    denominator: half + 2 * step - 1 - shape,
  }));
}
