import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  measureAreaUnderCurve,
  toDelongInterval,
} from '../../../reconciler/core/evaluation/delong.ts';
import type { LabelledScores } from '../../../reconciler/core/evaluation/labelled-scores.ts';
import {
  countDecisions,
  measureAveragePrecision,
  measureBrier,
  measureLogLoss,
} from '../../../reconciler/core/evaluation/metrics.ts';
import {
  toDeviations,
  toNormalQuantile,
} from '../../../reconciler/core/evaluation/normal-quantile.ts';
import { toWilsonInterval } from '../../../reconciler/core/evaluation/wilson.ts';

/** Few different scores, so that many of them tie. */
const anyRows = fc
  .array(
    fc.record({ score: fc.integer({ min: 0, max: 8 }), label: fc.integer({ min: 0, max: 1 }) }),
    {
      minLength: 1,
      maxLength: 60,
    },
  )
  .map(toRows);

function toRows(
  rows: readonly { readonly score: number; readonly label: number }[],
): LabelledScores {
  return {
    scores: Float64Array.from(rows, ({ score }) => score / 8),
    labels: Uint8Array.from(rows, ({ label }) => label),
  };
}

function split({ scores, labels }: LabelledScores) {
  const of = (label: number) => [...scores].filter((_, row) => labels[row] === label);
  return { positives: of(1), negatives: of(0) };
}

const toOrder = (left: number, right: number) => (left > right ? 1 : left === right ? 0.5 : 0);
const toMean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const toVariance = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + (value - toMean(values)) ** 2, 0) / (values.length - 1);

describe('area under the curve', () => {
  it('is what counting all pairs gives, ties half', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const { positives, negatives } = split(rows);
        const area = measureAreaUnderCurve(rows);
        if (positives.length === 0 || negatives.length === 0) return area === null;
        const pairs = positives.flatMap((one) => negatives.map((other) => toOrder(one, other)));
        expect(area?.value).toBeCloseTo(toMean(pairs), 12);
        return true;
      }),
    );
  });

  it("has DeLong's variance, as its definition gives it", () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const { positives, negatives } = split(rows);
        fc.pre(positives.length > 1 && negatives.length > 1);
        const ofPositives = positives.map((one) =>
          toMean(negatives.map((other) => toOrder(one, other))),
        );
        const ofNegatives = negatives.map((other) =>
          toMean(positives.map((one) => toOrder(one, other))),
        );
        const variance =
          toVariance(ofPositives) / positives.length + toVariance(ofNegatives) / negatives.length;
        expect(measureAreaUnderCurve(rows)?.variance).toBeCloseTo(variance, 12);
      }),
    );
  });

  it('depends neither on the order of the rows nor on the scale of the scores', () => {
    fc.assert(
      fc.property(anyRows, ({ scores, labels }) => {
        const area = measureAreaUnderCurve({ scores, labels });
        const other = {
          scores: Float64Array.from(scores, (score) => Math.exp(score)).reverse(),
          labels: Uint8Array.from(labels).reverse(),
        };
        const again = measureAreaUnderCurve(other);
        expect(again === null).toBe(area === null);
        if (area !== null) expect(again?.value).toBeCloseTo(area.value, 12);
      }),
    );
  });

  it('lies in its interval, and a perfect order is no certainty', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const area = measureAreaUnderCurve(rows);
        const interval = area && toDelongInterval(area, 0.95);
        if (area === null || interval === null) return;
        expect(interval.lower).toBeLessThanOrEqual(area.value + 1e-12);
        expect(interval.upper).toBeGreaterThanOrEqual(area.value - 1e-12);
      }),
    );
    const perfect = measureAreaUnderCurve(
      toRows(
        Array.from({ length: 40 }, (_, row) => ({
          score: row < 20 ? 0 : 8,
          label: row < 20 ? 0 : 1,
        })),
      ),
    );
    expect(perfect?.value).toBe(1);
    const interval = perfect && toDelongInterval(perfect, 0.95);
    // Twenty of twenty: as sure as a share of all is.
    expect(interval?.lower).toBeCloseTo(1 - 0.161125, 5);
    expect(interval?.upper).toBe(1);
  });
});

describe('figures of a classifier', () => {
  it('have an average precision that sums precision over recall', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const { positives } = split(rows);
        const precision = measureAveragePrecision(rows);
        if (positives.length === 0) return precision === null;
        const thresholds = [...new Set(rows.scores)].sort((left, right) => right - left);
        let sum = 0;
        let formerRecall = 0;
        for (const threshold of thresholds) {
          const taken = [...rows.scores].map((score, row) => [score, rows.labels[row]] as const);
          const above = taken.filter(([score]) => score >= threshold);
          const hits = above.filter(([, label]) => label === 1).length;
          const recall = hits / positives.length;
          sum += (recall - formerRecall) * (hits / above.length);
          formerRecall = recall;
        }
        expect(precision).toBeCloseTo(sum, 12);
        return true;
      }),
    );
  });

  it('count by hand', () => {
    const rows = toRows([
      { score: 8, label: 1 },
      { score: 4, label: 0 },
      { score: 4, label: 1 },
      { score: 2, label: 1 },
      { score: 0, label: 0 },
    ]);
    expect(countDecisions(rows)).toEqual({
      truePositives: 2,
      falsePositives: 1,
      trueNegatives: 1,
      falseNegatives: 1,
    });
    expect(measureBrier(rows).value).toBeCloseTo((0.25 + 0.25 + 0.5625) / 5, 12);
    expect(measureLogLoss(rows).value).toBeCloseTo((2 * Math.log(2) + Math.log(4)) / 5, 12);
    // A wrong answer that was certain costs much, and not infinitely much.
    expect(measureLogLoss(toRows([{ score: 8, label: 0 }])).value).toBeCloseTo(34.54, 2);
  });
});

describe('intervals', () => {
  it.each([
    [8, 10, 0.490162, 0.943318],
    [45, 60, 0.627679, 0.842235],
    [0, 20, 0, 0.161125],
  ])('of Wilson for %d of %d are the known ones', (hits, rows, lower, upper) => {
    const interval = toWilsonInterval({ hits, rows }, 0.95);
    expect(interval.lower).toBeCloseTo(lower, 6);
    expect(interval.upper).toBeCloseTo(upper, 6);
  });

  it('of Wilson hold the share, mirror it, and shrink with more rows', () => {
    const anyShare = fc
      .integer({ min: 1, max: 500 })
      .chain((rows) =>
        fc.record({ rows: fc.constant(rows), hits: fc.integer({ min: 0, max: rows }) }),
      );
    fc.assert(
      fc.property(anyShare, ({ hits, rows }) => {
        const { lower, upper } = toWilsonInterval({ hits, rows }, 0.95);
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(lower).toBeLessThanOrEqual(hits / rows + 1e-12);
        expect(upper).toBeGreaterThanOrEqual(hits / rows - 1e-12);
        expect(upper).toBeLessThanOrEqual(1);
        const mirrored = toWilsonInterval({ hits: rows - hits, rows }, 0.95);
        expect(mirrored.lower).toBeCloseTo(1 - upper, 12);
        const more = toWilsonInterval({ hits: hits * 4, rows: rows * 4 }, 0.95);
        expect(more.upper - more.lower).toBeLessThan(upper - lower);
      }),
    );
  });

  it.each([
    [0.5, 0],
    [0.975, 1.9599639845400536],
    [0.3, -0.5244005127080407],
    [0.9999, 3.7190164854557084],
    [1e-9, -5.9978070150076865],
  ])('use the normal quantile at %d', (probability, quantile) => {
    expect(toNormalQuantile(probability)).toBeCloseTo(quantile, 13);
  });

  it('refuse a level that is none', () => {
    for (const level of [1, 1.5, Number.NaN]) expect(() => toDeviations(level)).toThrow(RangeError);
  });
});
