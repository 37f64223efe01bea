import { digestJson } from '../contracts/digest.ts';
import type { DriftReference } from '../contracts/generated/model-manifest.generated.ts';
import type { Json } from '../contracts/json.ts';
import { judgeQuality } from './data-quality.ts';
import type { DriftJudgement, DriftWindow } from './drift-record.ts';
import { type DriftSpec, requireSpec } from './drift-spec.ts';
import { type DriftBasis, type DriftState, toCurrentState } from './drift-state.ts';
import { measureWindow } from './measure-window.ts';
import { toMinimumRows } from './minimum-rows.ts';
import { type JudgedWindow, toMeasuredJudgement, toWithheldJudgement } from './to-judgement.ts';
import { addWindowCounts, requireCounts } from './window-counts.ts';

/** As many as a number has at most. A category of more needs more rows for its own effect to count. */
const USUAL_CELLS = 10;

/**
 * Whether live data has drifted from what the model was trained on: surely, and far. Pure: the same
 * arguments give the same bytes, in whatever order nodes were summed. Throws RangeError on counts
 * that are not those of this reference, and on a spec that means nothing.
 */
export function judgeWindow(
  spec: DriftSpec,
  reference: DriftReference,
  window: DriftWindow,
  recorded: DriftState | null,
): DriftJudgement {
  requireSpec(spec);
  requireCounts(reference, window.counts);
  const state = toCurrentState(toBasis(spec, reference), recorded);
  const counts = addWindowCounts(state.carried, window.counts);
  const minimumRows = toWindowMinimum(spec, reference);
  const judged: JudgedWindow = { spec, reference, state, window, counts, minimumRows, quality: [] };
  if (minimumRows === null || counts.rows < minimumRows) {
    // Where no window will ever do, carrying on would gather for nothing.
    const carried = minimumRows === null || counts.rows === 0 ? null : counts;
    return toWithheldJudgement(judged, 'insufficient-data', carried);
  }
  const quality = judgeQuality(spec.quality, reference, counts);
  const broken = new Set(quality.map(({ feature }) => feature));
  if (broken.size > 0 && broken.size === reference.features.length) {
    return toWithheldJudgement({ ...judged, quality }, 'blocked', null);
  }
  const measured = measureWindow({ spec, reference, state, counts, quality });
  return toMeasuredJudgement({ ...judged, quality }, measured);
}

/** From how many rows on a window is judged; null where the reference has too few itself. */
export function toWindowMinimum(spec: DriftSpec, reference: DriftReference): number | null {
  const effect = spec.effect.warn;
  return toMinimumRows({ effect, cells: USUAL_CELLS, referenceRows: reference.rows });
}

function toBasis(spec: DriftSpec, reference: DriftReference): DriftBasis {
  return {
    referenceDigest: digestJson(reference as unknown as Json),
    specDigest: digestJson(spec as unknown as Json),
  };
}
