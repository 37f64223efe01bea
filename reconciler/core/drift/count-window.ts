import type { CounterEntry } from '../contracts/generated/counter-delta.generated.ts';
import type { DriftReference } from '../contracts/generated/model-manifest.generated.ts';
import type { WindowCounts } from './subjects.ts';
import { addWindowCounts } from './window-counts.ts';

/** Nothing counted, in the cells of a reference. */
function toNoCounts(reference: DriftReference): WindowCounts {
  return {
    rows: 0,
    features: reference.features.map(({ counts }) => ({
      counts: counts.map(() => 0),
      null: 0,
      nonFinite: 0,
    })),
    score: reference.score.counts.map(() => 0),
  };
}

/** All that a version has ever been asked, in the cells of its reference. */
export function sumCounts(
  reference: DriftReference,
  totals: readonly CounterEntry[],
  version: string,
): WindowCounts {
  return totals
    .filter((entry) => entry.version === version && entry.rows > 0)
    .reduce<WindowCounts>((sum, entry) => addWindowCounts(sum, entry), toNoCounts(reference));
}

/** What came between two sums. Counts only grow: whatever arrives late counts when it arrives. */
export function subtractCounts(later: WindowCounts, earlier: WindowCounts): WindowCounts {
  return {
    rows: later.rows - earlier.rows,
    features: later.features.map((feature, at) => {
      const before = earlier.features[at];
      return {
        counts: subtractCells(feature.counts, before?.counts),
        null: feature.null - (before?.null ?? 0),
        nonFinite: feature.nonFinite - (before?.nonFinite ?? 0),
      };
    }),
    score: subtractCells(later.score, earlier.score),
  };
}

function subtractCells(later: readonly number[], earlier: readonly number[] = []) {
  return later.map((count, cell) => count - (earlier[cell] ?? 0));
}
