/** Fractions of counts up to 10^8 need some ten thousand steps; each is a few multiplications. */
const MAX_STEPS = 100_000;

/** Stands for a zero that would be divided by. */
const TINY = 1e-300;

const PRECISION = 2 ** -52;

export type FractionStep = { readonly numerator: number; readonly denominator: number };

/**
 * n₁/(d₁ + n₂/(d₂ + …)) by the modified algorithm of Lentz, which needs no guess of the length and
 * neither overflows nor underflows. Positive in both uses here.
 */
export function toContinuedFraction(toStep: (step: number) => FractionStep): number {
  let value = TINY;
  let above = TINY;
  let below = 0;
  for (let step = 1; step <= MAX_STEPS; step += 1) {
    const { numerator, denominator } = toStep(step);
    below = 1 / toDivisor(denominator + numerator * below);
    above = toDivisor(denominator + numerator / above);
    const factor = above * below;
    value *= factor;
    if (Math.abs(factor - 1) <= PRECISION) return value;
  }
  throw new RangeError(`a continued fraction did not settle within ${MAX_STEPS} steps`);
}

function toDivisor(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
