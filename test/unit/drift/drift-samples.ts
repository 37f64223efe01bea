import type { FeatureCounts } from '../../../reconciler/core/contracts/generated/counter-delta.generated.ts';
import type {
  DriftReference,
  ReferenceFeature,
} from '../../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import type { DriftWindow } from '../../../reconciler/core/drift/drift-record.ts';
import type { DriftSpec } from '../../../reconciler/core/drift/drift-spec.ts';
import type { WindowCounts } from '../../../reconciler/core/drift/subjects.ts';

export const EVEN: readonly number[] = new Array(10).fill(5_000);

/** The counts whose figures the documentation gives. */
export const SLANTED: readonly number[] = [131, 118, 109, 104, 98, 95, 91, 88, 85, 81];

export const STEADY: readonly number[] = new Array(10).fill(100);

export const SPEC: DriftSpec = {
  effect: { warn: 0.1, retrain: 0.2, aggregate: { kind: 'max' } },
  falseAlarmBudget: { windows: 180 },
  quality: { nullRate: 0.02, unseenRate: 0.01, nonFiniteRate: 0 },
};

export function makeFeature(
  name: string,
  counts: readonly number[],
  kind: ReferenceFeature['kind'] = 'number',
): ReferenceFeature {
  return { name, kind, edges: counts.slice(1).map((_, at) => at), counts, null: 0, nonFinite: 0 };
}

export function makeReference(
  features: readonly ReferenceFeature[],
  rows = 50_000,
): DriftReference {
  return { rows, features, score: { edges: EVEN.slice(1).map((_, at) => at), counts: EVEN } };
}

export function makeCounts(
  features: readonly (readonly number[] | FeatureCounts)[],
  score: readonly number[] = STEADY,
): WindowCounts {
  const rows = score.reduce((sum, count) => sum + count, 0);
  return {
    rows,
    features: features.map((feature) =>
      'counts' in feature ? feature : { counts: feature, null: 0, nonFinite: 0 },
    ),
    score,
  };
}

export function makeWindow(counts: WindowCounts): DriftWindow {
  return { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', counts };
}
