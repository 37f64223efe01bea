import { describe, expect, it } from 'vitest';
import {
  describeExpectation,
  expectComparison,
  expectFailures,
  expectPromotion,
} from '../../../reconciler/core/rollout/planning.ts';

describe('the failures that decide', () => {
  // The last column is the median of simulations.
  it.each([
    [0.1, 2, 1, 0.05, 146, 140],
    [0.1, 2, 1, 0.01, 199, 180],
    [0.1, 1.5, 1, 0.01, 668, 620],
    [0.5, 1.5, 1, 0.01, 303, 300],
    [0.1, 1, 1.25, 0.05, 1890, 1800],
    [0.5, 1, 1.25, 0.05, 724, 760],
    [0.1, 0.8, 1.25, 0.05, 531, 400],
  ])('at weight %d and ratio %d', (weight, ratio, nullRatio, alpha, expected, measured) => {
    const failures = expectFailures({ weight, ratio, nullRatio, alpha });
    expect(Math.round(failures)).toBe(expected);
    expect(failures / measured).toBeGreaterThan(0.9);
    expect(failures / measured).toBeLessThan(1.4);
  });

  it('are never enough where there is nothing to find', () => {
    const same = { weight: 0.1, ratio: 1, nullRatio: 1, alpha: 0.05 };
    expect(expectFailures(same)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the traffic that decides', () => {
  it('follows from the failures and their rate', () => {
    const asked = { weight: 0.1, ratio: 2, nullRatio: 1, alpha: 0.01, stableFailureRate: 0.01 };
    const { requests, days } = expectComparison({ ...asked, requestsPerDay: 6000 });
    expect(requests).toBe(Math.ceil(expectFailures(asked) / 0.011));
    expect(days).toBeCloseTo(3.01, 2);
    expect(expectComparison({ ...asked, requestsPerDay: null }).days).toBeNull();
  });

  const objective = { weight: 0.1, maxFailureRate: 0.01, alpha: 0.05, requestsPerDay: 10_000 };

  it('is little for a canary that never fails, and grows with its failures', () => {
    const requests = [0, 0.001, 0.004, 0.006, 0.008].map(
      (failureRate) => expectPromotion({ ...objective, failureRate }).requests,
    );
    expect(requests[0]).toBe(3160);
    // Most canaries with one failure in a thousand have had none by then.
    expect(requests[1]).toBe(3160);
    expect([...requests].sort((left, right) => left - right)).toEqual(requests);
    const never = expectPromotion({ ...objective, failureRate: 0.01 });
    expect(never.requests).toBe(Number.POSITIVE_INFINITY);
  });

  it('is said in words', () => {
    const say = (failureRate: number, requestsPerDay: number | null) =>
      describeExpectation(expectPromotion({ ...objective, failureRate, requestsPerDay }));
    expect(say(0, 1000)).toBe('in about 3.2 days (3,200 requests)');
    expect(say(0, 10_000)).toBe('in about 7.6 hours (3,200 requests)');
    expect(say(0, 10_000_000)).toBe('in about 1 minute (3,200 requests)');
    expect(say(0, 200_000)).toBe('in about 23 minutes (3,200 requests)');
    expect(say(0, null)).toBe('after about 3,200 requests');
    expect(say(0, 0)).toBe('after about 3,200 requests, and there is no traffic');
    expect(say(0.01, 1000)).toBe('never by statistics: a person decides at the deadline');
  });
});
