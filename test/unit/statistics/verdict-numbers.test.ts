import { describe, expect, it } from 'vitest';
import { crosses, roundForVerdict } from '../../../reconciler/core/statistics/crossing.ts';
import { requireCount } from '../../../reconciler/core/statistics/require-count.ts';

describe('what a verdict is decided on', () => {
  it('has nine decimals', () => {
    expect(roundForVerdict(1.23456789049)).toBe(1.23456789);
    expect(roundForVerdict(-4e-10)).toBe(0);
    expect(Object.is(roundForVerdict(-4e-10), 0)).toBe(true);
    expect(roundForVerdict(Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
    expect(roundForVerdict(1e12 + 0.25)).toBe(1e12 + 0.25);
  });

  it('crosses where it is equal', () => {
    expect(crosses(0.2, 0.2)).toBe(true);
    expect(crosses(0.2 - 4e-10, 0.2)).toBe(true);
    expect(crosses(0.2 - 6e-10, 0.2)).toBe(false);
  });
});

describe('a count', () => {
  it('is whole, not negative, and below 2^53', () => {
    expect(requireCount(0, 'rows')).toBe(0);
    expect(requireCount(2 ** 53 - 1, 'rows')).toBe(2 ** 53 - 1);
    for (const count of [-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => requireCount(count, 'rows')).toThrow(`rows is ${count}, which is not a count`);
    }
  });
});
