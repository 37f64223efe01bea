import type { CounterEntry } from '../contracts/generated/counter-delta.generated.ts';
import { LATENCY_EDGES_MS } from '../contracts/latency-edges.ts';
import type { WeightStage } from './rollout-position.ts';
import type { ArmCounts, WeightEpoch } from './weight-epoch.ts';

const NO_LATENCY: readonly number[] = new Array<number>(LATENCY_EDGES_MS.length + 1).fill(0);

const NOTHING: ArmCounts = {
  requests: 0,
  failures: 0,
  rows: 0,
  positives: 0,
  latency: NO_LATENCY,
};

/**
 * The summed counts of an endpoint by the weights that were in force. A request counts under the
 * route revision that assigned it, so nothing depends on when a node took a new one. What the stable
 * version counted before the rollout comes first, at weight 0.
 */
export function composeEpochs(input: {
  /** Of one endpoint; null when they could not be read. */
  readonly totals: readonly CounterEntry[] | null;
  /** As the position of the rollout has them. */
  readonly stages: readonly WeightStage[];
  readonly canary: string;
  readonly stable: string;
}): readonly WeightEpoch[] {
  const { totals, stages, canary, stable } = input;
  const before: WeightStage = { fromRevision: 0, percent: 0 };
  return [before, ...stages].map(({ fromRevision, percent }, at) => {
    const weight = percent / 100;
    if (totals === null) return { weight, canary: null, stable: null };
    const end = stages[at]?.fromRevision ?? Number.POSITIVE_INFINITY;
    const inForce = totals.filter(
      ({ routeRevision }) => routeRevision >= fromRevision && routeRevision < end,
    );
    return {
      weight,
      // It may have served long ago, and what it counted then is no part of this.
      canary: weight === 0 ? NOTHING : sumArm(inForce, canary),
      stable: sumArm(inForce, stable),
    };
  });
}

function sumArm(entries: readonly CounterEntry[], version: string): ArmCounts {
  return entries
    .filter((entry) => entry.version === version)
    .map(toArm)
    .reduce(addArms, NOTHING);
}

function toArm({ requests, errors, rows, positives, latency }: CounterEntry): ArmCounts {
  const isMeasured = latency.length === NO_LATENCY.length;
  return { requests, failures: errors, rows, positives, latency: isMeasured ? latency : null };
}

/** In any order, and grouped in any way, with the same sum; what one side lacks the sum lacks. */
export function addArms(left: ArmCounts, right: ArmCounts): ArmCounts {
  const latency =
    left.latency === null || right.latency === null
      ? null
      : left.latency.map((count, at) => count + (right.latency?.[at] ?? 0));
  const positives =
    left.positives === null || right.positives === null ? null : left.positives + right.positives;
  return {
    requests: left.requests + right.requests,
    failures: left.failures + right.failures,
    rows: left.rows + right.rows,
    positives,
    latency,
  };
}
