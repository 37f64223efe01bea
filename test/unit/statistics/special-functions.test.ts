import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lnChiSquaredTail } from '../../../reconciler/core/statistics/chi-squared-tail.ts';
import { lnIncompleteBeta } from '../../../reconciler/core/statistics/incomplete-beta.ts';
import { lnBeta } from '../../../reconciler/core/statistics/ln-beta.ts';
import { lnGamma } from '../../../reconciler/core/statistics/ln-gamma.ts';
import { logSumExp, softplus } from '../../../reconciler/core/statistics/log-sum-exp.ts';

/** Expected values were computed with 50 digits; a double's last ones are allowed to differ. */
function expectNear(value: number, expected: number): void {
  const tolerance = 1e-13 * Math.max(1, Math.abs(expected));
  expect(Math.abs(value - expected), `${value} is not ${expected}`).toBeLessThanOrEqual(tolerance);
}

describe('the logarithm of the gamma function', () => {
  it('is right to the last digits', () => {
    expectNear(lnGamma(0.3), 1.0957979948180756);
    expectNear(lnGamma(0.5), Math.log(Math.PI) / 2);
    expectNear(lnGamma(1), 0);
    expectNear(lnGamma(5), Math.log(24));
    expectNear(lnGamma(9.99), 12.779315214350193);
    expectNear(lnGamma(50.25), 145.54187159633213);
    expectNear(lnGamma(1e6), 12815504.569147611);
  });

  it('has none for what is not positive', () => {
    for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => lnGamma(value)).toThrow(RangeError);
    }
  });
});

describe('the logarithm of the beta function', () => {
  it('is right for small, mixed and large parts', () => {
    expectNear(lnBeta(1e-3, 2), 6.906755778649053);
    expectNear(lnBeta(3, 50), -11.101945176173954);
    expectNear(lnBeta(30, 50), -53.46831473750693);
    expectNear(lnBeta(50, 3), lnBeta(3, 50));
  });

  it('keeps the ninth decimal where counts are large', () => {
    // Declared and observed share differ by a point: evidence of a ratio mismatch.
    const [hits, rest, share] = [5_200, 4_800, 0.5];
    const mixed = lnBeta(50 + hits, 50 + rest) - lnBeta(50, 50);
    const evidence = mixed - hits * Math.log(share) - rest * Math.log(share);
    expect(evidence).toBeCloseTo(5.61361341175711, 11);
  });
});

describe('the tail of chi-squared', () => {
  it.each([
    [1, 1, -1.1478744644493182],
    [1.4, 1, -1.4408621872008949],
    [3, 1, -2.48573279098608],
    [3.5, 1, -2.790853241475823],
    [0.001, 2, -0.0005],
    [60, 3, -28.162350388904997],
    [10, 9, -1.04843676363],
    [10.9, 9, -1.2636315565660527],
    [11.1, 9, -1.3133536011668565],
    [21.739428928234, 9, -4.63125568015115],
    [900, 9, -431.063579325828],
    [3000, 9, -1476.85513071698],
    [1e6, 20, -499894.70053908334],
    [200, 255, -0.00458505075664936],
    [256, 255, -0.7537279596297574],
    [300, 255, -3.5853297831054816],
  ])('above %f with %i degrees of freedom', (value, degrees, expected) => {
    const tolerance = 2e-12 * Math.max(1, Math.abs(expected));
    expect(Math.abs(lnChiSquaredTail(value, degrees) - expected)).toBeLessThanOrEqual(tolerance);
  });

  it('starts at certainty and falls', () => {
    expect(lnChiSquaredTail(0, 4)).toBe(0);
    const values = fc.double({ min: 0, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(values, values, fc.integer({ min: 1, max: 255 }), (first, second, degrees) => {
        const [less, more] = first < second ? [first, second] : [second, first];
        const [before, after] = [lnChiSquaredTail(less, degrees), lnChiSquaredTail(more, degrees)];
        expect(before).toBeLessThanOrEqual(0);
        // Where the two methods meet they may differ in the last digits.
        expect(after).toBeLessThanOrEqual(before + 1e-12 * (1 + Math.abs(before)));
      }),
    );
  });

  it('has none for what is not a value', () => {
    expect(() => lnChiSquaredTail(-1, 3)).toThrow(RangeError);
    expect(() => lnChiSquaredTail(Number.NaN, 3)).toThrow(RangeError);
    expect(() => lnChiSquaredTail(1, 0)).toThrow(RangeError);
  });
});

describe('the incomplete beta function', () => {
  it.each([
    [0.1, 3, 40, -0.2170467432108582, -1.6342037967207268],
    [0.5, 61, 41, -3.771303544895006, -0.023291179358112],
    [0.25, 1000, 2500, -14.05586521191283, -7.863492390270164e-7],
    [0.01, 1, 300, -0.05028421848780524, -3.0151007560504324],
    [0.9, 2, 0.5, -0.6134680972501938, -0.7797289900645398],
    [0.1, 100, 890, -0.7570577352645772, Math.log(-Math.expm1(-0.7570577352645772))],
  ])('at %f of (%f, %f)', (at, first, second, below, above) => {
    const sides = lnIncompleteBeta(at, first, second);
    expect(Math.abs(sides.below - below)).toBeLessThanOrEqual(2e-12 * Math.max(1, -below));
    expect(Math.abs(sides.above - above)).toBeLessThanOrEqual(2e-12 * Math.max(1, -above));
  });

  it('changes sides with its arguments', () => {
    const part = fc.double({ min: 0.01, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), part, part, (at, a, b) => {
        const { below, above } = lnIncompleteBeta(at, a, b);
        const mirrored = lnIncompleteBeta(1 - at, b, a);
        const together = logSumExp([below, above]);
        expect(Math.abs(together)).toBeLessThanOrEqual(1e-9);
        const tolerance = 1e-8 * (1 + Math.abs(Math.max(below, -1e6)));
        expect(Math.abs(Math.exp(mirrored.above) - Math.exp(below))).toBeLessThanOrEqual(tolerance);
      }),
    );
  });

  it('answers for counts of hundreds of millions', () => {
    const { below, above } = lnIncompleteBeta(0.1, 1e8, 9.001e8);
    expect(logSumExp([below, above])).toBeCloseTo(0, 9);
  });

  it('has none at the ends', () => {
    expect(() => lnIncompleteBeta(0, 1, 1)).toThrow(RangeError);
    expect(() => lnIncompleteBeta(1, 1, 1)).toThrow(RangeError);
  });
});

describe('sums in logarithms', () => {
  it('neither overflow nor underflow', () => {
    expectNear(logSumExp([-1000, -1000]), -1000 + Math.LN2);
    expectNear(logSumExp([1000, 0]), 1000);
    expect(logSumExp([])).toBe(Number.NEGATIVE_INFINITY);
    expect(logSumExp([Number.NEGATIVE_INFINITY])).toBe(Number.NEGATIVE_INFINITY);
  });

  it('add one', () => {
    expect(softplus(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(softplus(0)).toBe(Math.LN2);
    expect(softplus(800)).toBe(800);
    expectNear(softplus(Math.log(0.5)), Math.log(1.5));
  });
});
