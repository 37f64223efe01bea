/** Nearer to a probability of 1 the formula takes nearly equal numbers from one another. */
const SERIES_BELOW = 0.5;

/** (k − 1)/k!, the highest power first: exact to a double where it is used. */
const SERIES = toSeries(18);

/**
 * ln e(p) from ln p, where e(p) = (1 − p + p·ln p)/(p·ln²p): the average of all calibrators κp^(κ−1).
 * Its mean is at most 1 where nothing has changed, so it may be averaged, whatever depends on what,
 * and multiplied over time.
 */
export function toLnEValue(lnP: number): number {
  if (!(lnP <= 0 && lnP > Number.NEGATIVE_INFINITY)) {
    throw new RangeError(`${lnP} is not the logarithm of a probability`);
  }
  if (lnP > -SERIES_BELOW) {
    return Math.log(SERIES.reduce((sum, coefficient) => sum * lnP + coefficient, 0)) - lnP;
  }
  const p = Math.exp(lnP);
  return Math.log(1 - p + lnP * p) - lnP - 2 * Math.log(-lnP);
}

function toSeries(terms: number): readonly number[] {
  const series: number[] = [];
  let factorial = 1;
  for (let k = 2; k < terms; k += 1) {
    factorial *= k;
    series.unshift((k - 1) / factorial);
  }
  return series;
}
