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
import { addEvent, drawArm, measureShare, type Traffic } from './traffic.ts';

/** The bounds below are theorems; the seed is the name of the simulation. */
const ALPHA = 0.05;
const ENOUGH = -Math.log(ALPHA);
const RAMP = [0.05, 0.1, 0.25, 0.5] as const;
const FAILURES = 1000;

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
    const share = measureShare('equal ramp', 250, everCrosses(1, measureRollbackEvidence));
    expect(share).toBeLessThanOrEqual(ALPHA);
  });

  it('is not found worse by the closed form at one weight', () => {
    const share = measureShare('equal closed', 300, (traffic) => {
      const pools: EventPool[] = [];
      for (let at = 0; at < 400; at += 1) {
        addEvent(pools, 0.1, traffic.happens(0.1));
        const [pool] = pools;
        if (pool !== undefined && measureRollbackClosedForm(pool) >= ENOUGH) return true;
      }
      return false;
    });
    expect(share).toBeLessThanOrEqual(ALPHA);
  });

  it('is promoted at 99.5 % where 99 % is asked for, and not rolled back', () => {
    const share = measureShare(
      'healthy',
      100,
      (traffic) => playRollout(traffic, GOOD, GOOD) === 'promote',
    );
    expect(share).toBeGreaterThanOrEqual(0.95);
  });

  it('is not found to decide otherwise', () => {
    const measureShift = (positives: readonly EventPool[]) => {
      const { more, fewer } = measureDecisionShift({ positives, negatives: [], power: 1 }, 1);
      // Each side at half of alpha.
      return Math.max(more, fewer) - Math.LN2;
    };
    const share = measureShare('equal decisions', 150, everCrosses(1, measureShift));
    expect(share).toBeLessThanOrEqual(ALPHA);
  });
});

describe('a canary at the border of what is assumed', () => {
  it('is not promoted by comparison, through a ramp and looked at after every failure', () => {
    const measure = (pools: readonly EventPool[]) => measureRelativeEvidence(pools, 1.25);
    const share = measureShare('margin', 250, everCrosses(1.25, measure));
    expect(share).toBeLessThanOrEqual(ALPHA);
  });

  it('is not promoted by the objective, looked at every ten requests', () => {
    const share = measureShare('objective', 400, (traffic) => {
      let failures = 0;
      for (let requests = 10; requests <= 10_000; requests += 10) {
        failures += traffic.count(10, 0.01);
        if (measureAbsoluteEvidence({ requests, failures }, 0.01) >= ENOUGH) return true;
      }
      return false;
    });
    expect(share).toBeLessThanOrEqual(ALPHA);
  });
});

describe('a canary that is worse', () => {
  const caught = (name: string, rates: Partial<Rates>, stable: Rates = GOOD) =>
    measureShare(
      name,
      100,
      (traffic) => playRollout(traffic, { ...stable, ...rates }, stable) === 'rollback',
    );

  it('three times as often is caught', () => {
    const stable = { failures: 0.01, positives: 0.1 };
    expect(caught('three times', { failures: 0.03 }, stable)).toBeGreaterThanOrEqual(0.99);
  });

  it('without a word is caught by its decisions', () => {
    expect(caught('never positive', { positives: 0 })).toBeGreaterThanOrEqual(0.99);
    expect(caught('thrice positive', { positives: 0.3 })).toBeGreaterThanOrEqual(0.99);
    const accepting = { failures: 0.0001, positives: 0.9 };
    expect(caught('always positive', { positives: 1 }, accepting)).toBeGreaterThanOrEqual(0.99);
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
    expect(measureShare('bunches', 200, shiftsWith(1 / ROWS))).toBeLessThanOrEqual(ALPHA);
    // What the root is for.
    expect(measureShare('bunches', 200, shiftsWith(1))).toBeGreaterThan(0.5);
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
    expect(measureShare('declared', 300, isFound(0.1, 1))).toBeLessThanOrEqual(0.01);
    expect(measureShare('a fifth more', 50, isFound(0.12, 1))).toBeGreaterThanOrEqual(0.95);
  });

  it('that a fixed crowd happens to have are excused, and a fault is not', () => {
    expect(measureShare('crowd', 300, isFound(0.115, 1.25))).toBeLessThanOrEqual(0.01);
    expect(measureShare('fault', 50, isFound(0.2, 1.25))).toBe(1);
  });
});
