import { describe, expect, it } from 'vitest';
import {
  countDecisions,
  measureDecisionShift,
  measureSameDecisions,
} from '../../../reconciler/core/rollout/positive-rate.ts';
import { measureRollbackEvidence } from '../../../reconciler/core/rollout/rollback-evidence.ts';
import { makeArm, makeEpoch } from './rollout-samples.ts';

const count = (canary: Parameters<typeof makeArm>, stable: Parameters<typeof makeArm>) =>
  countDecisions([makeEpoch(0.1, makeArm(...canary), makeArm(...stable))]);

describe('the decisions of a rollout', () => {
  it('are counted both ways, and only where there are two sides', () => {
    const counts = countDecisions([
      makeEpoch(0, makeArm(0), makeArm(1000)),
      makeEpoch(0.1, makeArm(100, { positives: 7 }), makeArm(900, { failures: 10, positives: 80 })),
      makeEpoch(0.5, makeArm(100, { positives: null }), makeArm(100)),
      makeEpoch(1, makeArm(500), null),
    ]);
    expect(counts).toEqual({
      positives: [{ weight: 0.1, canary: 7, stable: 80 }],
      negatives: [{ weight: 0.1, canary: 93, stable: 810 }],
      power: 1,
    });
  });

  it('of one request count as one', () => {
    expect(count([100, { rows: 4000 }], [900, { rows: 36_000 }]).power).toBe(1 / 40);
    // What failed was not decided: 20 answers of 40 rows, and none of them for the failures.
    expect(count([20, { failures: 0, rows: 800 }], [80, { failures: 80, rows: 0 }]).power).toBe(
      1 / 40,
    );
    expect(count([0], [0]).power).toBe(1);
  });
});

describe('a shift of decisions', () => {
  it('with only one kind of decision is half a bet on it', () => {
    const positives = [{ weight: 0.1, canary: 40, stable: 60 }];
    const { more } = measureDecisionShift({ positives, negatives: [], power: 1 }, 1);
    const bet = measureRollbackEvidence(positives);
    expect(more).toBeCloseTo(Math.log((Math.exp(bet) + 1) / 2), 9);
  });

  it('is the same seen from the other side', () => {
    const counts = count([1000, { positives: 300 }], [9000, { positives: 900 }]);
    const swapped = { ...counts, positives: counts.negatives, negatives: counts.positives };
    const { more, fewer } = measureDecisionShift(counts, 1.25);
    expect(measureDecisionShift(swapped, 1.25)).toEqual({ more: fewer, fewer: more });
    expect(more).toBeGreaterThan(Math.log(600));
    expect(fewer).toBeLessThan(0);
  });

  it('within the tolerance is none, however much is counted', () => {
    const counts = count([1e6, { positives: 120_000 }], [9e6, { positives: 900_000 }]);
    const { more, fewer } = measureDecisionShift(counts, 1.25);
    expect(Math.max(more, fewer)).toBeLessThan(0);
    expect(measureDecisionShift(counts, 1).more).toBeGreaterThan(100);
  });
});

describe('the sameness of decisions', () => {
  it('is shown within the margin alone', () => {
    const counts = count([1e6, { positives: 105_000 }], [9e6, { positives: 900_000 }]);
    expect(measureSameDecisions(counts, 1.25)).toBeGreaterThan(Math.log(20));
    expect(measureSameDecisions(counts, 1.04)).toBeLessThan(0);
  });
});
