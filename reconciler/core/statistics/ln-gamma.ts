/** From here on the series below is exact to the last digit of a double. */
export const STIRLING_FROM = 10;

/** Bernoulli numbers over 2k(2k − 1), the highest power first. */
const REST = [-691 / 360_360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12];

/** ln √(2π). */
export const LN_ROOT_TWO_PI = 0.9189385332046727;

/** The natural logarithm of the gamma function of a positive number. */
export function lnGamma(value: number): number {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`no logarithm of the gamma function at ${value}`);
  }
  let at = value;
  let product = 1;
  for (; at < STIRLING_FROM; at += 1) product *= at;
  return (at - 0.5) * Math.log(at) - at + LN_ROOT_TWO_PI + toStirlingRest(at) - Math.log(product);
}

/** What Stirling's formula leaves out of the logarithm of the gamma function. */
export function toStirlingRest(value: number): number {
  const square = 1 / (value * value);
  return REST.reduce((sum, coefficient) => sum * square + coefficient, 0) / value;
}
