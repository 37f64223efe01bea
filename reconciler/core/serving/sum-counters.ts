import { CodedError } from '../contracts/coded-error.ts';
import { compareText } from '../contracts/compare-text.ts';
import type {
  CounterEntry,
  FeatureCounts,
} from '../contracts/generated/counter-delta.generated.ts';

/** What is summed apart: an endpoint, a version, and the route table that was in force. */
export type CounterKey = string;

export function toCounterKey({
  endpoint,
  version,
  routeRevision,
}: Pick<CounterEntry, 'endpoint' | 'version' | 'routeRevision'>): CounterKey {
  return `${endpoint} ${version} ${routeRevision}`;
}

/**
 * How many cells the counts of a version have; it follows from the version's reference, and so is
 * the same wherever and whenever it is counted.
 */
export function toCounterShape({ features, score, latency }: CounterEntry): string {
  const cells = features.map(({ counts }) => counts.length).join(',');
  return `features ${cells}; score ${score.length}; latency ${latency.length}`;
}

/** Throws P703 when they do not fit or no longer fit a whole number; neither is altered. */
export function addCounters(left: CounterEntry, right: CounterEntry): CounterEntry {
  requireShape(left.version, toCounterShape(left), toCounterShape(right));
  return {
    endpoint: left.endpoint,
    version: left.version,
    routeRevision: left.routeRevision,
    requests: add(left.requests, right.requests),
    rows: add(left.rows, right.rows),
    positives: add(left.positives, right.positives),
    errors: add(left.errors, right.errors),
    features: left.features.map((feature, at) =>
      addFeature(feature, right.features[at] as FeatureCounts),
    ),
    score: addCells(left.score, right.score),
    latency: addCells(left.latency, right.latency),
  };
}

/** Adds up what has one key; the order is that of the first appearance. */
export function sumCounters(
  entries: Iterable<CounterEntry>,
  toKey: (entry: CounterEntry) => string = toCounterKey,
): readonly CounterEntry[] {
  const sums = new Map<string, CounterEntry>();
  for (const entry of entries) {
    const key = toKey(entry);
    const before = sums.get(key);
    sums.set(key, before === undefined ? entry : addCounters(before, entry));
  }
  return [...sums.values()];
}

export function requireShape(version: string, known: string, given: string): void {
  if (known === given) return;
  throw new CodedError(
    'P703',
    `counts of ${version} have other cells than before: ${shorten(given)}, not ${shorten(known)}`,
  );
}

/** By endpoint, then version, then revision. */
export function compareCounters(left: CounterEntry, right: CounterEntry): number {
  return (
    compareText(left.endpoint, right.endpoint) ||
    compareText(left.version, right.version) ||
    left.routeRevision - right.routeRevision
  );
}

function addFeature(left: FeatureCounts, right: FeatureCounts): FeatureCounts {
  return {
    counts: addCells(left.counts, right.counts),
    null: add(left.null, right.null),
    nonFinite: add(left.nonFinite, right.nonFinite),
  };
}

function addCells(left: readonly number[], right: readonly number[]): readonly number[] {
  return left.map((count, at) => add(count, right[at] as number));
}

/** Beyond 2^53 a sum would silently be another one. */
function add(left: number, right: number): number {
  const sum = left + right;
  if (Number.isSafeInteger(sum)) return sum;
  throw new CodedError('P703', 'a count would be beyond 2^53, so nothing is added');
}

/** A thousand features would make a message that nobody reads. */
function shorten(shape: string): string {
  return shape.length <= 120 ? shape : `${shape.slice(0, 100)}… (${shape.length} characters)`;
}
