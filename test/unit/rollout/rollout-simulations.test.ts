import { describe, expect, it } from 'vitest';
import { addArms } from '../../../reconciler/core/rollout/compose-epochs.ts';
import type { EventPool } from '../../../reconciler/core/rollout/event-pool.ts';
import { toCanaryShare } from '../../../reconciler/core/rollout/grid-evidence.ts';
import { judgeRollout } from '../../../reconciler/core/rollout/judge-rollout.ts';
import { measureDecisionShift } from '../../../reconciler/core/rollout/positive-rate.ts';
import {
  measureAbsoluteEvidence,
  measureRelativeEvidence,
} from '../../../reconciler/core/rollout/promotion-evidence.ts';
import { measureRatioMismatch } from '../../../reconciler/core/rollout/ratio-mismatch.ts';
import {
  measureRollbackClosedForm,
  measureRollbackEvidence,
} from '../../../reconciler/core/rollout/rollback-evidence.ts';
import { makeArm, makeEpoch, makeSpec } from './rollout-samples.ts';
import { addEvent, drawArm, type Repetitions, repeat, type Traffic } from './traffic.ts';

/** The bounds below are theorems, or far from what is expected. */
const ALPHA = 0.05;
const ENOUGH = -Math.log(ALPHA);
const RAMP = [0.05, 0.1, 0.25, 0.5] as const;
const FAILURES = 1000;

function expectAtMost(bound: number, { hits, misses }: Repetitions): void {
  const share = hits.length / (hits.length + misses.length);
  expect(share, `true with the seeds ${hits.slice(0, 5).join(', ')}`).toBeLessThanOrEqual(bound);
}

function expectAtLeast(bound: number, { hits, misses }: Repetitions): void {
  const share = hits.length / (hits.length + misses.length);
  expect(share, `false with the seeds ${misses.slice(0, 5).join(', ')}`).toBeGreaterThanOrEqual(
    bound,
  );
}

/** Whether evidence, looked at after every failure through a ramp, ever comes to 1/α. */
function everCrosses(ratio: number, measure: (pools: readonly EventPool[]) => number) {
  return (traffic: Traffic): boolean => {
    const pools: EventPool[] = [];
    for (let at = 0; at < FAILURES; at += 1) {
      const weight = RAMP[Math.floor((at * RAMP.length) / FAILURES)] ?? 0.5;
      addEvent(pools, weight, traffic.happens(toCanaryShare(weight, ratio)));
      if (measure(pools) >= ENOUGH) return true;
    }
    return false;
  };
}

/** The probability that the evidence for the objective ever suffices, at the rate it forbids. */
function sumCrossings(rate: number, requests: number): number {
  // By failures so far: the probability to have so many without having crossed.
  let waiting: readonly number[] = [1];
  let crossed = 0;
  for (let at = 1; at <= requests; at += 1) {
    const next = [...waiting, 0].map(
      (same, failures) => same * (1 - rate) + (waiting[failures - 1] ?? 0) * rate,
    );
    const canCross = next.findIndex((_, failures) => !isEnough(at, failures));
    const gone = canCross === -1 ? next.length : canCross;
    for (const probability of next.splice(0, gone, ...new Array<number>(gone).fill(0))) {
      crossed += probability;
    }
    while ((next.at(-1) ?? 1) < 1e-15) next.pop();
    waiting = next;
  }
  return crossed;
}

function isEnough(requests: number, failures: number): boolean {
  return measureAbsoluteEvidence({ requests, failures }, 0.01) >= ENOUGH;
}

type Rates = { readonly failures: number; readonly positives: number };

const GOOD: Rates = { failures: 0.005, positives: 0.1 };
const LOOKS = 50;
const REQUESTS_PER_LOOK = 2000;

/** What the whole judge comes to within fifty looks at a tenth of the traffic, and at which. */
function playRollout(traffic: Traffic, canaryRates: Rates, stableRates: Rates) {
  let [canary, stable] = [makeArm(0), makeArm(0)];
  for (let look = 1; look <= LOOKS; look += 1) {
    const requests = traffic.count(REQUESTS_PER_LOOK, 0.1);
    canary = addArms(canary, drawArm(traffic, requests, canaryRates));
    stable = addArms(stable, drawArm(traffic, REQUESTS_PER_LOOK - requests, stableRates));
    const { verdict } = judgeRollout(makeSpec(), [makeEpoch(0.1, canary, stable)], {
      now: look,
      startedAt: 0,
      latched: null,
    });
    if (verdict !== 'hold') return verdict;
  }
  return 'hold';
}

describe('a canary as good as the stable version', () => {
  it('is not found worse, through a ramp and looked at after every failure', () => {
    const seen = repeat('equal ramp', 250, everCrosses(1, measureRollbackEvidence));
    expectAtMost(ALPHA, seen);
  });

  it('is not found worse by the closed form at one weight', () => {
    const seen = repeat('equal closed', 300, (traffic) => {
      const pools: EventPool[] = [];
      for (let at = 0; at < 400; at += 1) {
        addEvent(pools, 0.1, traffic.happens(0.1));
        const [pool] = pools;
        if (pool !== undefined && measureRollbackClosedForm(pool) >= ENOUGH) return true;
      }
      return false;
    });
    expectAtMost(ALPHA, seen);
  });

  it('is promoted at 99.5 % where 99 % is asked for, and not rolled back', () => {
    const seen = repeat(
      'healthy',
      100,
      (traffic) => playRollout(traffic, GOOD, GOOD) === 'promote',
    );
    expectAtLeast(0.95, seen);
  });

  it('is not found to decide otherwise', () => {
    const measureShift = (positives: readonly EventPool[]) => {
      const { more, fewer } = measureDecisionShift({ positives, negatives: [], power: 1 }, 1);
      // Each side at half of alpha.
      return Math.max(more, fewer) - Math.LN2;
    };
    const seen = repeat('equal decisions', 100, everCrosses(1, measureShift));
    expectAtMost(ALPHA, seen);
  });
});

describe('a canary at the border of what is assumed', () => {
  it('is not promoted by comparison, through a ramp and looked at after every failure', () => {
    const measure = (pools: readonly EventPool[]) => measureRelativeEvidence(pools, 1.25);
    const seen = repeat('margin', 250, everCrosses(1.25, measure));
    expectAtMost(ALPHA, seen);
  });

  it('is not promoted by the objective, looked at after every request', () => {
    // Most of the bound is used up, so chance is summed instead of drawn.
    const probability = sumCrossings(0.01, 10_000);
    expect(probability).toBeLessThanOrEqual(ALPHA);
    expect(probability).toBeGreaterThan(0.04);
  });
});

describe('a canary that is worse', () => {
  const caught = (name: string, rates: Partial<Rates>, stable: Rates = GOOD) =>
    repeat(
      name,
      100,
      (traffic) => playRollout(traffic, { ...stable, ...rates }, stable) === 'rollback',
    );

  it('three times as often is caught', () => {
    const stable = { failures: 0.01, positives: 0.1 };
    expectAtLeast(0.99, caught('three times', { failures: 0.03 }, stable));
  });

  it('without a word is caught by its decisions', () => {
    expectAtLeast(0.99, caught('never positive', { positives: 0 }));
    expectAtLeast(0.99, caught('thrice positive', { positives: 0.3 }));
    const accepting = { failures: 0.0001, positives: 0.9 };
    expectAtLeast(0.99, caught('always positive', { positives: 1 }, accepting));
  });
});

describe('requests of many rows', () => {
  const ROWS = 40;

  /** Some ninety of three hundred requests are positive, each wholly or not at all. */
  const shiftsWith = (power: number) => (traffic: Traffic) => {
    let [canary, stable] = [0, 0];
    for (let at = 0; at < 300; at += 1) {
      if (!traffic.happens(0.3)) continue;
      if (traffic.happens(0.1)) canary += ROWS;
      else stable += ROWS;
      const positives = [{ weight: 0.1, canary, stable }];
      const { more, fewer } = measureDecisionShift({ positives, negatives: [], power }, 1);
      if (Math.max(more, fewer) - Math.LN2 >= ENOUGH) return true;
    }
    return false;
  };

  it('are no more evidence than one row each', () => {
    expectAtMost(ALPHA, repeat('bunches', 200, shiftsWith(1 / ROWS)));
    // What the root is for.
    expectAtLeast(0.5, repeat('bunches', 200, shiftsWith(1)));
  });
});

describe('shares of the traffic', () => {
  const isFound = (share: number, tolerance: number) => (traffic: Traffic) => {
    let canary = 0;
    for (let requests = 100; requests <= 20_000; requests += 100) {
      canary += traffic.count(100, share);
      const pool = { weight: 0.1, canary, stable: requests - canary };
      if (measureRatioMismatch([pool], tolerance) >= Math.log(1000)) return true;
    }
    return false;
  };

  it('as declared are hardly ever doubted, and others are found', () => {
    expectAtMost(0.01, repeat('declared', 300, isFound(0.1, 1)));
    expectAtLeast(0.95, repeat('a fifth more', 50, isFound(0.12, 1)));
  });

  it('that a fixed crowd happens to have are excused, and a fault is not', () => {
    expectAtMost(0.01, repeat('crowd', 300, isFound(0.115, 1.25)));
    expectAtLeast(1, repeat('fault', 50, isFound(0.2, 1.25)));
  });
});
