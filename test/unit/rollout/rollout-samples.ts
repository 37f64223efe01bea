import { LATENCY_EDGES_MS } from '../../../reconciler/core/contracts/latency-edges.ts';
import type { JudgeSpec } from '../../../reconciler/core/rollout/judge-spec.ts';
import { DEFAULT_JUDGE_SPEC } from '../../../reconciler/core/rollout/judge-spec.ts';
import type { ArmCounts, WeightEpoch } from '../../../reconciler/core/rollout/weight-epoch.ts';

/** All requests in one cell of latency; cell 5 holds what took 10 to 20 ms. */
export function makeLatency(requests: number, cell = 5): readonly number[] {
  return LATENCY_EDGES_MS.map(() => 0)
    .concat(0)
    .map((_, at) => (at === cell ? requests : 0));
}

/** Requests of one row, a tenth of them positive, unless something else is asked for. */
export function makeArm(requests: number, change: Partial<ArmCounts> = {}): ArmCounts {
  const failures = change.failures ?? 0;
  const rows = change.rows ?? requests - failures;
  return {
    requests,
    failures,
    rows,
    positives: Math.round(rows / 10),
    latency: makeLatency(requests),
    ...change,
  };
}

export function makeEpoch(
  weight: number,
  canary: ArmCounts | null,
  stable: ArmCounts | null,
): WeightEpoch {
  return { weight, canary, stable };
}

export function makeSpec(change: Partial<JudgeSpec> = {}): JudgeSpec {
  return { ...DEFAULT_JUDGE_SPEC, ...change };
}
