/** Beyond it lie levels that nobody asks for, and another formula. */
const SMALLEST_TAIL = 1e-10;

const CENTRE_ABOVE = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
  1971.5909503065513, 133.14166789178438, 3.3871328727963665,
];
const CENTRE_BELOW = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
  687.1870074920579, 42.31333070160091, 1,
];
const TAIL_ABOVE = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684,
  3.6478483247632045, 5.769497221460691, 4.630337846156546, 1.4234371107496835,
];
const TAIL_BELOW = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008,
  0.6897673349851, 1.6763848301838038, 2.053191626637759, 1,
];

/**
 * The value that a standard normal variable stays below with this probability, to 16 digits:
 * Wichura's algorithm AS 241 (1988).
 */
export function toNormalQuantile(probability: number): number {
  const offset = probability - 0.5;
  if (Math.abs(offset) <= 0.425) {
    const square = 0.180625 - offset * offset;
    return (offset * polynomial(CENTRE_ABOVE, square)) / polynomial(CENTRE_BELOW, square);
  }
  const tail = Math.min(probability, 1 - probability);
  if (!(tail >= SMALLEST_TAIL)) throw new RangeError(`no quantile at ${probability}`);
  const root = Math.sqrt(-Math.log(tail)) - 1.6;
  const size = polynomial(TAIL_ABOVE, root) / polynomial(TAIL_BELOW, root);
  return offset < 0 ? -size : size;
}

/** How many standard deviations a two-sided interval of this level reaches to either side. */
export function toDeviations(level: number): number {
  return toNormalQuantile(0.5 + level / 2);
}

/** Horner's rule, the highest power first. */
function polynomial(coefficients: readonly number[], at: number): number {
  return coefficients.reduce((sum, coefficient) => sum * at + coefficient, 0);
}
