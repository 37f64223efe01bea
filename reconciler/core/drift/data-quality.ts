import type { FeatureCounts } from '../contracts/generated/counter-delta.generated.ts';
import type {
  DriftReference,
  ReferenceFeature,
} from '../contracts/generated/model-manifest.generated.ts';
import { roundForVerdict } from '../statistics/crossing.ts';
import { sumCells } from './cell-pair.ts';
import type { QualityLimits } from './drift-spec.ts';
import type { WindowCounts } from './subjects.ts';

export type QualityRule = 'null-rate' | 'unseen-rate' | 'non-finite-rate';

/** Data that is broken rather than different: its drift is not judged, its cause is another one. */
export type QualityFinding = {
  readonly rule: QualityRule;
  readonly feature: string;
  /** Rows with the feature at all. */
  readonly rows: number;
  readonly count: number;
  /** Shares of the rows, to nine digits: in the window, and in training. */
  readonly rate: number;
  readonly referenceRate: number;
  /** How much more than in training is allowed. */
  readonly limit: number;
};

/** In the order of the contract. */
export function judgeQuality(
  limits: QualityLimits,
  reference: DriftReference,
  counts: WindowCounts,
): readonly QualityFinding[] {
  return reference.features.flatMap((feature, at) =>
    judgeFeature(limits, feature, counts.features[at] as FeatureCounts),
  );
}

function judgeFeature(
  limits: QualityLimits,
  reference: ReferenceFeature,
  window: FeatureCounts,
): readonly QualityFinding[] {
  const rows = countRows(window);
  const referenceRows = countRows(reference);
  const judge = (
    rule: QualityRule,
    limit: number | null,
    toCount: (counts: FeatureCounts) => number,
  ): readonly QualityFinding[] => {
    if (limit === null || rows === 0) return [];
    const count = toCount(window);
    const rate = count / rows;
    const referenceRate = referenceRows === 0 ? 0 : toCount(reference) / referenceRows;
    if (roundForVerdict(rate - referenceRate) <= roundForVerdict(limit)) return [];
    const rates = {
      rate: roundForVerdict(rate),
      referenceRate: roundForVerdict(referenceRate),
    };
    return [{ rule, feature: reference.name, rows, count, ...rates, limit }];
  };
  return [
    ...judge('null-rate', limits.nullRate, (counts) => counts.null),
    // The first cell of a category holds what training had not seen.
    ...(reference.kind === 'category'
      ? judge('unseen-rate', limits.unseenRate, ({ counts }) => counts[0] ?? 0)
      : []),
    ...judge('non-finite-rate', limits.nonFiniteRate, (counts) => counts.nonFinite),
  ];
}

function countRows({ counts, null: missing, nonFinite }: FeatureCounts): number {
  return sumCells(counts) + missing + nonFinite;
}
