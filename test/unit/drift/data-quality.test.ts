import { describe, expect, it } from 'vitest';
import { judgeQuality } from '../../../reconciler/core/drift/data-quality.ts';
import type { QualityLimits } from '../../../reconciler/core/drift/drift-spec.ts';
import { makeCounts, makeFeature, makeReference } from './drift-samples.ts';

const LIMITS: QualityLimits = { nullRate: 0.02, unseenRate: 0.01, nonFiniteRate: 0 };

const AMOUNT = makeFeature('amount', [500, 500]);
const COUNTRY = makeFeature('country', [0, 600, 400], 'category');

describe('the quality of data', () => {
  it('is found wanting above a limit, not at it', () => {
    const judge = (missing: number, present: number) =>
      judgeQuality(
        LIMITS,
        makeReference([AMOUNT]),
        makeCounts([{ counts: [present, 0], null: missing, nonFinite: 0 }]),
      );
    expect(judge(2, 98)).toEqual([]);
    expect(judge(3, 97)).toEqual([
      {
        rule: 'null-rate',
        feature: 'amount',
        rows: 100,
        count: 3,
        rate: 0.03,
        referenceRate: 0,
        limit: 0.02,
      },
    ]);
  });

  it('is compared with what training had', () => {
    const sparse = makeReference([{ ...AMOUNT, null: 1_000 }]);
    const judge = (missing: number, present: number) =>
      judgeQuality(
        LIMITS,
        sparse,
        makeCounts([{ counts: [present, 0], null: missing, nonFinite: 0 }]),
      );
    expect(judge(510, 490)).toEqual([]);
    expect(judge(530, 470)).toMatchObject([{ rule: 'null-rate', rate: 0.53, referenceRate: 0.5 }]);
  });

  it('counts categories that training had not seen', () => {
    const judge = (unseen: number) =>
      judgeQuality(LIMITS, makeReference([COUNTRY]), makeCounts([[unseen, 600, 400 - unseen]]));
    expect(judge(10)).toEqual([]);
    expect(judge(11)).toMatchObject([{ rule: 'unseen-rate', feature: 'country', count: 11 }]);
  });

  it('does not take the first cell of a number for unseen', () => {
    const numbers = makeReference([makeFeature('amount', [0, 600, 400])]);
    expect(judgeQuality(LIMITS, numbers, makeCounts([[900, 50, 50]]))).toEqual([]);
  });

  it('counts infinities', () => {
    const reference = makeReference([AMOUNT, COUNTRY]);
    const counts = makeCounts([{ counts: [999, 0], null: 0, nonFinite: 1 }, [0, 600, 400]]);
    expect(judgeQuality(LIMITS, reference, counts)).toMatchObject([
      { rule: 'non-finite-rate', feature: 'amount', count: 1, rate: 0.001 },
    ]);
  });

  it('is not judged without a limit or without a row', () => {
    const none: QualityLimits = { nullRate: null, unseenRate: null, nonFiniteRate: null };
    const broken = makeCounts([{ counts: [0, 0], null: 90, nonFinite: 10 }]);
    expect(judgeQuality(none, makeReference([AMOUNT]), broken)).toEqual([]);
    expect(judgeQuality(LIMITS, makeReference([AMOUNT]), makeCounts([[0, 0]]))).toEqual([]);
  });
});
