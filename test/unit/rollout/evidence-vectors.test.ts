import { describe, expect, it } from 'vitest';
import type { EventPool } from '../../../reconciler/core/rollout/event-pool.ts';
import { createRatioGrid } from '../../../reconciler/core/rollout/grid-evidence.ts';
import {
  measureAbsoluteEvidence,
  measureRelativeClosedForm,
  measureRelativeEvidence,
} from '../../../reconciler/core/rollout/promotion-evidence.ts';
import { measureRatioMismatch } from '../../../reconciler/core/rollout/ratio-mismatch.ts';
import {
  measureRollbackClosedForm,
  measureRollbackEvidence,
} from '../../../reconciler/core/rollout/rollback-evidence.ts';

/**
 * Computed independently, to twelve decimals; where two computations did not agree, what fifty
 * digits gave.
 */
const VECTORS = [
  [0, 0, 0, 0, 0, 0],
  [1, 0, 0.641853886172, 1.056534035844, -0.878901356572, -0.986562897111],
  [12, 36, 3.474528011163, 3.422839016571, -2.607950734011, -3.078316348363],
  [0, 30, -1.466337068793, -2.334654089828, 2.800348131623, 2.835998589775],
  [10, 90, -1.088311966069, -1.901310958117, -0.900171390757, -1.153053859453],
  [100, 900, -2.1561884866, -3.336903847105, 0.347587615149, 0.089524522739],
  [40, 560, -3.210967941511, -5.268880677016, 8.377161811181, 8.212665968987],
] as const;

const RAMP: readonly EventPool[] = [
  { weight: 0.05, canary: 3, stable: 20 },
  { weight: 0.1, canary: 7, stable: 30 },
  { weight: 0.25, canary: 15, stable: 28 },
];

function expectNear(value: number, expected: number): void {
  expect(Math.abs(value - expected), `${value} is not ${expected}`).toBeLessThanOrEqual(2e-12);
}

describe('evidence at a weight of a tenth', () => {
  it.each(VECTORS)('of %d and %d failures', (canary, stable, closed, grid, better, betterGrid) => {
    const pool = { weight: 0.1, canary, stable };
    expectNear(measureRollbackClosedForm(pool), closed);
    expectNear(measureRollbackEvidence([pool]), grid);
    expectNear(measureRelativeClosedForm(pool, 1.25), better);
    expectNear(measureRelativeEvidence([pool], 1.25), betterGrid);
  });
});

describe('evidence over weights that change', () => {
  it('is the same as was computed independently', () => {
    expectNear(measureRollbackEvidence(RAMP), 1.770440285576);
    expectNear(measureRelativeEvidence(RAMP, 1.25), -3.274897422648);
  });
});

describe('the grid', () => {
  it('is evenly spaced in logarithms', () => {
    const worse = createRatioGrid(1.1, 10);
    expect(worse).toHaveLength(24);
    expect(worse[0]).toBe(1.1);
    expectNear(worse[1] ?? 0, 1.210796798801);
    expectNear(worse[2] ?? 0, 1.332753534533);
    expect(worse.at(-1)).toBe(10);
    const better = createRatioGrid(0.1, 1.15);
    expectNear(better[1] ?? 0, 0.111203203241);
    expect(better.at(-1)).toBe(1.15);
  });
});

describe('a mismatch of shares', () => {
  it.each([
    [1000, 0.1, -2.315899988],
    [1100, 0.1, 2.989251875],
    [1200, 0.1, 18.43214677],
    [5200, 0.5, 5.613613412],
  ])('of %d in ten thousand at a share of %d', (canary, weight, expected) => {
    const lnE = measureRatioMismatch([{ weight, canary, stable: 10_000 - canary }]);
    expect(lnE).toBeCloseTo(expected, 9);
  });

  it('is excused within the tolerance, and found beyond it', () => {
    const measure = (canary: number) =>
      measureRatioMismatch([{ weight: 0.1, canary, stable: 10_000 - canary }], 1.25);
    expect(measure(1200)).toBeLessThan(0);
    expect(measure(830)).toBeLessThan(0);
    expect(measure(1500)).toBeGreaterThan(Math.log(1000));
    expect(measure(600)).toBeGreaterThan(Math.log(1000));
  });
});

describe('evidence for the objective', () => {
  const ENOUGH = Math.log(20);

  it('suffices after some three hundred requests without a failure at one per cent', () => {
    expect(measureAbsoluteEvidence({ requests: 315, failures: 0 }, 0.01)).toBeLessThan(ENOUGH);
    expect(measureAbsoluteEvidence({ requests: 316, failures: 0 }, 0.01)).toBeGreaterThan(ENOUGH);
  });

  it('is what its definition says, in a case small enough to write down', () => {
    // One failure and one success at 20 %: a bet on never is lost, the others have 1/32 each.
    const factors = [1, 2, 4, 6, 8, 10, 12, 14].map((of) => (of / 16) * ((1 - of / 80) / 0.8));
    const sum = factors.reduce((total, factor) => total + factor / 32, 0);
    expectNear(measureAbsoluteEvidence({ requests: 2, failures: 1 }, 0.2), Math.log(sum));
  });

  it('is nothing without requests, and is lost with failures', () => {
    expectNear(measureAbsoluteEvidence({ requests: 0, failures: 0 }, 0.01), 0);
    expect(measureAbsoluteEvidence({ requests: 10_000, failures: 100 }, 0.01)).toBeLessThan(0);
    expect(measureAbsoluteEvidence({ requests: 10_000, failures: 20 }, 0.01)).toBeGreaterThan(
      ENOUGH,
    );
  });
});
