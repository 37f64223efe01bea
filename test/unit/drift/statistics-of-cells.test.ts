import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareCells } from '../../../reconciler/core/drift/compare-cells.ts';
import { toLnEValue } from '../../../reconciler/core/drift/e-value.ts';
import { testHomogeneity } from '../../../reconciler/core/drift/homogeneity.ts';
import { mergeCells } from '../../../reconciler/core/drift/merge-cells.ts';
import { toMinimumRows } from '../../../reconciler/core/drift/minimum-rows.ts';
import { EVEN, SLANTED } from './drift-samples.ts';

const DOCUMENTED = { reference: EVEN, window: SLANTED };

const anyCells = fc.array(
  fc.tuple(
    fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 100_000 })),
    fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 100_000 })),
  ),
  { maxLength: 40 },
);

const toPair = (cells: readonly (readonly [number, number])[]) => ({
  reference: cells.map(([count]) => count),
  window: cells.map(([, count]) => count),
});

const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);

describe('how large a difference is', () => {
  it('is what the documentation says', () => {
    const compared = compareCells(DOCUMENTED);
    expect(compared?.cells).toBe(10);
    expect(compared?.psi).toBeCloseTo(0.021193717599, 12);
    expect(compared?.bias).toBeCloseTo(0.00918, 12);
    expect(compared?.psiPlus).toBeCloseTo(0.012013717599, 12);
    expect(compared?.jensenShannonBits).toBeCloseTo(0.003814853561, 12);
    expect(compared?.totalVariation).toBeCloseTo(0.062, 12);
    expect(compared?.kolmogorovSmirnov).toBeCloseTo(0.062, 12);
  });

  it('is never negative, and within its bounds', () => {
    fc.assert(
      fc.property(anyCells, (cells) => {
        const compared = compareCells(toPair(cells));
        if (compared === null) return;
        expect(compared.psi).toBeGreaterThanOrEqual(0);
        expect(compared.psiPlus).toBe(Math.max(0, compared.psi - compared.bias));
        for (const share of [
          compared.jensenShannonBits,
          compared.totalVariation,
          compared.kolmogorovSmirnov,
        ]) {
          expect(share).toBeGreaterThanOrEqual(-1e-12);
          expect(share).toBeLessThanOrEqual(1 + 1e-12);
        }
        expect(compared.kolmogorovSmirnov).toBeLessThanOrEqual(compared.totalVariation + 1e-12);
      }),
    );
  });

  it('leaves out cells without a row', () => {
    const padded = { reference: [0, ...EVEN, 0], window: [0, ...SLANTED, 0] };
    expect(compareCells(padded)).toEqual(compareCells(DOCUMENTED));
  });

  it('is unknown where there is nothing to compare', () => {
    expect(compareCells({ reference: [5, 5], window: [0, 0] })).toBeNull();
    expect(compareCells({ reference: [0, 0], window: [5, 5] })).toBeNull();
    expect(compareCells({ reference: [9, 0], window: [5, 0] })).toBeNull();
    expect(compareCells({ reference: [], window: [] })).toBeNull();
  });

  it('stands out from chance from so many rows on', () => {
    const toRows = (effect: number, referenceRows: number) =>
      toMinimumRows({ effect, cells: 10, referenceRows });
    const sizes = [Number.POSITIVE_INFINITY, 50_000, 5_000];
    expect(sizes.map((rows) => toRows(0.1, rows))).toEqual([360, 363, 388]);
    expect(sizes.map((rows) => toRows(0.2, rows))).toEqual([180, 181, 187]);
    expect(toRows(0.1, 360)).toBeNull();
    expect(toMinimumRows({ effect: 0.1, cells: 1, referenceRows: 10 })).toBe(1);
  });
});

describe('merged cells', () => {
  it('end where they are large enough, and the rest joins the last', () => {
    const pair = { reference: [2, 2, 2, 9, 1], window: [2, 2, 2, 9, 1] };
    expect(mergeCells(pair, 'ordered')).toEqual({ reference: [6, 10], window: [6, 10] });
  });

  it('are one where there are too few rows for two', () => {
    const pair = { reference: [3, 3], window: [3, 3] };
    expect(mergeCells(pair, 'ordered')).toEqual({ reference: [6], window: [6] });
    expect(mergeCells(pair, 'unordered')).toEqual({ reference: [6], window: [6] });
    expect(testHomogeneity(mergeCells(pair, 'ordered'))).toBeNull();
  });

  it('of no order are pooled, behind the others or in the smallest of them', () => {
    const large = { reference: [20, 3, 30, 3], window: [20, 3, 30, 3] };
    expect(mergeCells(large, 'unordered').reference).toEqual([20, 30, 6]);
    const small = { reference: [30, 1, 20, 1], window: [30, 1, 20, 1] };
    expect(mergeCells(small, 'unordered').reference).toEqual([30, 22]);
  });

  it('keep every row, and are large enough on both sides', () => {
    fc.assert(
      fc.property(anyCells, fc.constantFrom('ordered', 'unordered'), (cells, order) => {
        const pair = toPair(cells);
        const merged = mergeCells(pair, order);
        expect(sum(merged.reference)).toBe(sum(pair.reference));
        expect(sum(merged.window)).toBe(sum(pair.window));
        if (merged.reference.length < 2) return;
        const rows = sum(pair.reference) + sum(pair.window);
        const less = Math.min(sum(pair.reference), sum(pair.window));
        merged.reference.forEach((count, group) => {
          const total = count + (merged.window[group] ?? 0);
          expect((total * less) / rows).toBeGreaterThanOrEqual(5);
        });
      }),
    );
  });

  it('follow from the sums of both sides alone', () => {
    fc.assert(
      fc.property(anyCells, fc.constantFrom('ordered', 'unordered'), (cells, order) => {
        const { reference, window } = toPair(cells);
        const merged = mergeCells({ reference, window }, order);
        const swapped = mergeCells({ reference: window, window: reference }, order);
        expect(swapped).toEqual({ reference: merged.window, window: merged.reference });
      }),
    );
  });
});

describe('how sure a difference is', () => {
  it('is what the documentation says', () => {
    const tested = testHomogeneity(mergeCells(DOCUMENTED, 'ordered'));
    expect(tested?.statistic).toBeCloseTo(21.739428928234, 12);
    expect(tested?.degrees).toBe(9);
    expect(tested?.lnP).toBeCloseTo(-4.631255680151, 12);
    expect(Math.exp(tested?.lnP ?? 0)).toBeCloseTo(0.009742517932, 12);
    expect(toLnEValue(tested?.lnP ?? 0)).toBeCloseTo(1.509174631837, 12);
    expect(Math.exp(toLnEValue(tested?.lnP ?? 0))).toBeCloseTo(4.522996116289, 11);
  });

  it('is not at all where both sides have the same shares', () => {
    const same = { reference: [100, 200, 300], window: [10, 20, 30] };
    expect(testHomogeneity(same)).toEqual({ statistic: 0, degrees: 2, lnP: 0 });
  });
});

describe('an e-value', () => {
  it.each([
    [1e-12, 1309803451.432],
    [1e-6, 5239.1361842507],
    [0.001, 20.791133541],
    [0.01, 4.4509922601],
    [0.05, 1.7833221815],
    [0.1, 1.2632107912],
    [0.2, 0.9228934691],
    [0.5, 0.6386739401],
    [0.9, 0.5180325412],
    [0.99, 0.5016792732],
    [1 - 1e-6, 0.5000001667],
  ])('of %f is %f', (p, expected) => {
    const value = Math.exp(toLnEValue(Math.log(p)));
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-10 * Math.max(1, expected / 10));
  });

  it('is right where a probability is 0 to a double', () => {
    expect(toLnEValue(-431.063579325828)).toBeCloseTo(418.931068135705, 11);
    expect(toLnEValue(-1476.85513071698)).toBeCloseTo(1462.259790328474, 10);
  });

  it('is a half at most likely, and one at 0.1664', () => {
    expect(toLnEValue(0)).toBe(Math.log(0.5));
    expect(toLnEValue(Math.log(0.1664))).toBeCloseTo(0, 3);
  });

  it('grows as the probability falls, across the change of methods too', () => {
    const lnP = fc.oneof(
      fc.double({ min: -1e4, max: 0, noNaN: true }),
      fc.double({ min: -0.6, max: -0.4, noNaN: true }),
    );
    fc.assert(
      fc.property(lnP, lnP, (first, second) => {
        const [less, more] = first < second ? [first, second] : [second, first];
        expect(toLnEValue(less)).toBeGreaterThanOrEqual(toLnEValue(more) - 1e-13);
      }),
    );
  });

  it('is 1 on average where nothing has changed, and never more', () => {
    // ∫ e(p) dp with p = exp(−exp(u)); what lies beyond the last u is less than 10⁻⁶.
    const step = 1 / 256;
    let mean = 0;
    for (let u = -30; u <= 14; u += step) {
      const lnP = -Math.exp(u);
      mean += step * Math.exp(toLnEValue(lnP) + lnP + u);
    }
    expect(mean).toBeLessThanOrEqual(1);
    expect(mean).toBeGreaterThan(1 - 2e-6);
  });

  it('is of a probability only', () => {
    for (const lnP of [0.1, Number.NaN, Number.NEGATIVE_INFINITY]) {
      expect(() => toLnEValue(lnP)).toThrow(RangeError);
    }
  });
});
