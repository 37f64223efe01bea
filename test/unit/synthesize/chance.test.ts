import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createChance } from '../../../runners/synthesize/chance.ts';

const draw = (count: number, next: () => number) => Array.from({ length: count }, next);
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('chance from a seed', () => {
  it('is the same for the same seed and place, and differs for any other', () => {
    const place = fc.tuple(fc.nat(2 ** 31), fc.nat(5), fc.nat(20_000));
    const law = fc.property(place, place, (left, right) => {
      const [first, second] = [createChance(...left), createChance(...right)];
      const [ours, theirs] = [draw(4, first.fraction), draw(4, second.fraction)];
      expect(draw(4, createChance(...left).fraction)).toEqual(ours);
      if (left.join() !== right.join()) expect(theirs).not.toEqual(ours);
    });
    fc.assert(law);
  });

  it('keeps to its bounds and means, whatever the seed', () => {
    const law = fc.property(fc.nat(2 ** 31), (seed) => {
      const chance = createChance(seed, 1);
      const fractions = draw(4_000, chance.fraction);
      expect(fractions.every((value) => value >= 0 && value < 1)).toBe(true);
      expect(mean(fractions)).toBeCloseTo(0.5, 1);
      expect(Math.abs(mean(draw(4_000, chance.normal)))).toBeLessThan(0.1);
      expect(mean(draw(4_000, () => chance.count(0.4)))).toBeCloseTo(0.4, 1);
      const picks = draw(4_000, () => chance.weighted([1, 0, 3]));
      expect(picks.filter((pick) => pick === 2).length / 4_000).toBeCloseTo(0.75, 1);
      expect(picks).not.toContain(1);
    });
    fc.assert(law, { numRuns: 20 });
  });
});
