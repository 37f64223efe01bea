import { LATENCY_EDGES_MS } from '../contracts/latency-edges.ts';
import { requireCount } from '../statistics/require-count.ts';

/** What one side of a rollout has counted, summed over its nodes. */
export type ArmCounts = {
  /** Answered, those that failed included. */
  readonly requests: number;
  readonly failures: number;
  /** Rows that were scored; a request may have several. */
  readonly rows: number;
  /** Rows decided positive; null where the model decides nothing. */
  readonly positives: number | null;
  /** Requests by duration, in the cells of LATENCY_EDGES_MS; null where it was not measured. */
  readonly latency: readonly number[] | null;
};

/**
 * A time in which the canary's weight did not change. Each request counts in the epoch that it was
 * assigned in, whenever it was answered. The list of epochs is in the order of time.
 */
export type WeightEpoch = {
  /** The share of traffic that was to meet the canary, from 0 to 1. */
  readonly weight: number;
  /** Null: the counts could not be read, which is not the same as none. */
  readonly canary: ArmCounts | null;
  readonly stable: ArmCounts | null;
};

/** Counts that break their promise are a defect of whoever counted: nothing is judged by them. */
export function requireEpochs(epochs: readonly WeightEpoch[]): void {
  for (const { weight, canary, stable } of epochs) {
    if (!(weight >= 0 && weight <= 1)) {
      throw new RangeError(`the weight of an epoch is ${weight}, which is no share`);
    }
    if (canary !== null) requireArm(canary, 'canary');
    if (stable !== null) requireArm(stable, 'stable');
  }
}

function requireArm(counts: ArmCounts, arm: string): void {
  const { requests, failures, rows, positives, latency } = counts;
  requireCount(requests, `${arm} requests`);
  requireCount(failures, `${arm} failures`);
  requireCount(rows, `${arm} rows`);
  requireWithin(failures, requests, `${arm} failures`);
  if (positives !== null) {
    requireCount(positives, `${arm} positives`);
    requireWithin(positives, rows, `${arm} positives`);
  }
  if (latency === null) return;
  if (latency.length !== LATENCY_EDGES_MS.length + 1) {
    throw new RangeError(`${arm} latency has ${latency.length} cells, not those of the edges`);
  }
  for (const count of latency) requireCount(count, `${arm} latency`);
}

function requireWithin(part: number, whole: number, what: string): void {
  if (part > whole) throw new RangeError(`${what} are ${part} of ${whole}`);
}
