/** Chance that is the same each time: numbers drawn one after the other from a seed. */
export interface Chance {
  /** Uniform in [0, 1). */
  fraction(): number;
  between(low: number, high: number): number;
  /** Normal, with mean 0 and deviation 1. */
  normal(): number;
  /** How many events happen when `mean` are expected. */
  count(mean: number): number;
  /** A position among weights, which need not sum to one. */
  weighted(weights: readonly number[]): number;
}

/** No day of a made-up customer has more events of one sort. */
const MAX_COUNT = 64;

const UINT32 = 2 ** 32;

/** `place` separates streams of one seed: one customer's numbers do not depend on another's. */
export function createChance(seed: number, ...place: readonly number[]): Chance {
  let state = place.reduce((sum, part) => mix(sum ^ Math.imul(part + 1, 0x9e3779b1)), mix(seed));
  const fraction = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix(state) / UINT32;
  };
  const between = (low: number, high: number) => low + (high - low) * fraction();
  return {
    fraction,
    between,
    normal: () => Math.sqrt(-2 * Math.log(1 - fraction())) * Math.cos(2 * Math.PI * fraction()),
    count(mean) {
      const end = Math.exp(-mean);
      let product = fraction();
      let count = 0;
      while (product > end && count < MAX_COUNT) {
        product *= fraction();
        count += 1;
      }
      return count;
    },
    weighted(weights) {
      let rest = fraction() * weights.reduce((sum, weight) => sum + weight, 0);
      const position = weights.findIndex((weight) => {
        rest -= weight;
        return rest < 0;
      });
      return position === -1 ? weights.length - 1 : position;
    },
  };
}

/** Spreads 32 bits over 32 bits, one to one: each bit of the input turns half of the output's. */
function mix(value: number): number {
  let bits = value >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  return (bits ^ (bits >>> 15)) >>> 0;
}
