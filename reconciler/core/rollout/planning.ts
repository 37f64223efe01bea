import { toCanaryShare } from './grid-evidence.ts';
import { measureAbsoluteEvidence } from './promotion-evidence.ts';

/** What the bets of a grid cost beside one that knew the truth, in logarithms; from simulation. */
const PRICE_OF_NOT_KNOWING = 1.5;

export type Expectation = {
  /** Of all arms, on the endpoint; infinite where the evidence would go the other way. */
  readonly requests: number;
  /** Null where the traffic is not known. */
  readonly days: number | null;
};

/**
 * How many failures, of both arms together, decide at one weight that a canary whose rate is `ratio`
 * times the stable's lies beyond `nullRatio`: above it for a rollback, where it is 1, and below it
 * for a promotion, where it is the margin.
 */
export function expectFailures(input: {
  readonly weight: number;
  readonly ratio: number;
  readonly nullRatio: number;
  readonly alpha: number;
}): number {
  const share = toCanaryShare(input.weight, input.ratio);
  const assumed = toCanaryShare(input.weight, input.nullRatio);
  const perFailure = toDivergence(share, assumed);
  if (perFailure === 0) return Number.POSITIVE_INFINITY;
  return (PRICE_OF_NOT_KNOWING - Math.log(input.alpha)) / perFailure;
}

/** By comparison of failure rates: until a rollback, or until a relative promotion. */
export function expectComparison(
  input: Parameters<typeof expectFailures>[0] & {
    readonly stableFailureRate: number;
    readonly requestsPerDay: number | null;
  },
): Expectation {
  const { weight, ratio, stableFailureRate, requestsPerDay } = input;
  const rate = stableFailureRate * (1 - weight + weight * ratio);
  return toExpectation(expectFailures(input) / rate, requestsPerDay);
}

/** Until a canary that fails so often has shown that it keeps the objective. */
export function expectPromotion(input: {
  readonly weight: number;
  readonly failureRate: number;
  readonly maxFailureRate: number;
  readonly alpha: number;
  readonly requestsPerDay: number | null;
}): Expectation {
  const { weight, requestsPerDay } = input;
  return toExpectation(countCanaryRequests(input) / weight, requestsPerDay);
}

/** Beyond any traffic. */
const MOST_REQUESTS = 2 ** 40;

type Objective = {
  readonly failureRate: number;
  readonly maxFailureRate: number;
  readonly alpha: number;
};

/** Where most such canaries have not failed once until then, as many as without any failure. */
function countCanaryRequests(objective: Objective): number {
  const { failureRate } = objective;
  const flawless = findCrossing(objective, 0);
  const isLikely = flawless * failureRate < Math.LN2;
  return isLikely ? flawless : findCrossing(objective, failureRate);
}

/** The first number of requests at which the counts that are to be expected cross. */
function findCrossing({ maxFailureRate, alpha }: Objective, failureRate: number): number {
  const isEnough = (requests: number): boolean => {
    const counts = { requests, failures: requests * failureRate };
    return measureAbsoluteEvidence(counts, maxFailureRate) >= -Math.log(alpha);
  };
  if (!isEnough(MOST_REQUESTS)) return Number.POSITIVE_INFINITY;
  // Along a line of counts ln E is convex and begins below the threshold: it crosses once.
  let tooFew = 0;
  let enough = MOST_REQUESTS;
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}

/** Kullback and Leibler's: how much an event tells, on average, of two shares which one is true. */
function toDivergence(share: number, assumed: number): number {
  return share * Math.log(share / assumed) + (1 - share) * Math.log((1 - share) / (1 - assumed));
}

function toExpectation(requests: number, requestsPerDay: number | null): Expectation {
  const whole = Math.ceil(requests);
  return { requests: whole, days: requestsPerDay === null ? null : whole / requestsPerDay };
}

/** For the text of a plan: `about 3 days (30,000 requests)`. */
export function describeExpectation({ requests, days }: Expectation): string {
  if (!Number.isFinite(requests)) return 'never by statistics: a person decides at the deadline';
  const count = `${toGrouped(toRounded(requests))} requests`;
  if (days === null) return `after about ${count}`;
  if (!Number.isFinite(days)) return `after about ${count}, and there is no traffic`;
  return `in about ${describeDays(days)} (${count})`;
}

function describeDays(days: number): string {
  if (days >= 1.5) return `${toRounded(days)} days`;
  const hours = days * 24;
  if (hours >= 1.5) return `${toRounded(hours)} hours`;
  const minutes = Math.max(1, Math.round(hours * 60));
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}

/** Two digits: what is expected is not known better. */
function toRounded(value: number): number {
  return Number(value.toPrecision(2));
}

function toGrouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
