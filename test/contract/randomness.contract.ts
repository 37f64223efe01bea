import { describe, expect, it } from 'vitest';
import type { Randomness } from '../../reconciler/ports/randomness.ts';

const DRAWS = 20_000;

export function describeRandomness(name: string, create: () => Randomness): void {
  describe(`randomness: ${name}`, () => {
    it('gives as many bytes as asked for', () => {
      const randomness = create();
      for (const length of [0, 1, 3, 4, 5, 32, 1001]) {
        expect(randomness.bytes(length)).toHaveLength(length);
      }
    });

    it('gives a fresh array each time', () => {
      const randomness = create();
      const [first, second] = [randomness.bytes(32), randomness.bytes(32)];
      expect(first).not.toEqual(second);
    });

    it('spreads bytes evenly', () => {
      // Chi-squared with 255 degrees of freedom: mean 255, deviation 22.6; 430 is 7.7 deviations.
      const counts = new Array<number>(256).fill(0);
      for (const byte of create().bytes(256 * 400)) counts[byte] = (counts[byte] ?? 0) + 1;
      const chiSquared = counts.reduce((sum, count) => sum + (count - 400) ** 2 / 400, 0);
      expect(chiSquared).toBeLessThan(430);
    });

    it('gives fractions in [0, 1), spread evenly', () => {
      const randomness = create();
      const tenths = new Array<number>(10).fill(0);
      for (let draw = 0; draw < DRAWS; draw += 1) {
        const fraction = randomness.fraction();
        expect(fraction >= 0 && fraction < 1).toBe(true);
        const tenth = Math.floor(fraction * 10);
        tenths[tenth] = (tenths[tenth] ?? 0) + 1;
      }
      // Each tenth expects 2000 with deviation 42; 300 is 7 deviations.
      for (const count of tenths) expect(Math.abs(count - DRAWS / 10)).toBeLessThan(300);
    });
  });
}
