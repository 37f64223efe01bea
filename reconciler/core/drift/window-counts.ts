import type { FeatureCounts } from '../contracts/generated/counter-delta.generated.ts';
import type { DriftReference } from '../contracts/generated/model-manifest.generated.ts';
import { requireCount } from '../statistics/require-count.ts';
import type { WindowCounts } from './subjects.ts';

/** Throws where counts are no counts, or were taken in other cells than the reference's. */
export function requireCounts(reference: DriftReference, counts: WindowCounts): void {
  requireCount(counts.rows, 'rows');
  const { features, score } = counts;
  if (features.length !== reference.features.length) {
    const known = reference.features.length;
    throw new RangeError(
      `${features.length} features were counted, and the reference has ${known}`,
    );
  }
  reference.features.forEach(({ name, counts: known, null: missing, nonFinite }, at) => {
    const feature = features[at] as FeatureCounts;
    requireCells(name, known, feature.counts);
    for (const count of [missing, nonFinite, feature.null, feature.nonFinite]) {
      requireCount(count, `a count of ${name}`);
    }
  });
  requireCells('the score', reference.score.counts, score);
}

/** Exact, so the order in which nodes and windows are added does not matter. */
export function addWindowCounts(left: WindowCounts | null, right: WindowCounts): WindowCounts {
  if (left === null) return { rows: right.rows, features: right.features, score: right.score };
  return {
    rows: add(left.rows, right.rows),
    features: left.features.map((feature, at) => {
      const other = right.features[at] as FeatureCounts;
      return {
        counts: addCells(feature.counts, other.counts),
        null: add(feature.null, other.null),
        nonFinite: add(feature.nonFinite, other.nonFinite),
      };
    }),
    score: addCells(left.score, right.score),
  };
}

/** The same counts without a row of these features. */
export function withoutFeatures(counts: WindowCounts, places: ReadonlySet<number>): WindowCounts {
  const features = counts.features.map((feature, at) =>
    places.has(at) ? { counts: feature.counts.map(() => 0), null: 0, nonFinite: 0 } : feature,
  );
  return { rows: counts.rows, features, score: counts.score };
}

function requireCells(name: string, known: readonly number[], counted: readonly number[]): void {
  for (const count of [...known, ...counted]) requireCount(count, `a count of ${name}`);
  if (known.length === counted.length) return;
  throw new RangeError(
    `${name} was counted in ${counted.length} cells, and the reference has ${known.length}`,
  );
}

function addCells(left: readonly number[], right: readonly number[]): readonly number[] {
  return left.map((count, cell) => add(count, right[cell] ?? 0));
}

/** Beyond 2^53 a sum would silently be another one. */
function add(left: number, right: number): number {
  return requireCount(left + right, 'a sum of counts');
}
