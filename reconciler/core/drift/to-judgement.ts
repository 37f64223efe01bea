import { digestJson } from '../contracts/digest.ts';
import type { DriftReference } from '../contracts/generated/model-manifest.generated.ts';
import type { Json } from '../contracts/json.ts';
import { crosses } from '../statistics/crossing.ts';
import type { QualityFinding } from './data-quality.ts';
import { isAlarm } from './detector.ts';
import type { DriftJudgement, DriftRecord, DriftVerdict, DriftWindow } from './drift-record.ts';
import type { DriftSpec } from './drift-spec.ts';
import type { DriftState } from './drift-state.ts';
import { explainVerdict } from './explain-verdict.ts';
import { toThreshold } from './false-alarm-budget.ts';
import type { MeasuredWindow } from './measure-window.ts';
import type { WindowCounts } from './subjects.ts';

export type JudgedWindow = {
  readonly spec: DriftSpec;
  readonly reference: DriftReference;
  readonly state: DriftState;
  readonly window: DriftWindow;
  /** The window's counts and those that were carried into it. */
  readonly counts: WindowCounts;
  readonly minimumRows: number | null;
  readonly quality: readonly QualityFinding[];
};

/** Nothing was judged, so the detector stays as it is. */
export function toWithheldJudgement(
  judged: JudgedWindow,
  verdict: 'insufficient-data' | 'blocked',
  carried: WindowCounts | null,
): DriftJudgement {
  const { state, counts } = judged;
  const { lnM, lnRun, windows } = state;
  const record = toRecord(judged, {
    verdict,
    pooled: null,
    figures: { lnE: null, lnM, lnRun, windows, effect: null, subjects: [] },
  });
  return {
    verdict,
    state: { ...state, carried },
    record,
    counts: { judged: counts, pooled: null },
  };
}

export function toMeasuredJudgement(
  judged: JudgedWindow,
  measured: MeasuredWindow,
): DriftJudgement {
  const { spec, state, counts } = judged;
  const { lnE, lnM, lnRun, effect, subjects, pooled } = measured;
  const verdict = decide(spec, measured);
  const windows = state.windows + 1;
  const figures = { lnE, lnM, lnRun, windows, effect, subjects };
  return {
    verdict,
    state: toNextState({ ...state, windows, carried: null }, verdict, measured),
    record: toRecord(judged, { verdict, pooled, figures }),
    counts: { judged: counts, pooled },
  };
}

function decide(spec: DriftSpec, { lnM, effect }: MeasuredWindow): DriftVerdict {
  if (!isAlarm(lnM, toThreshold(spec.falseAlarmBudget))) return 'ok';
  if (crosses(effect.value, spec.effect.retrain)) return 'drift';
  return crosses(effect.value, spec.effect.warn) ? 'warn' : 'quiet';
}

function toNextState(
  state: DriftState,
  verdict: DriftVerdict,
  { lnM, lnRun, pooled }: MeasuredWindow,
): DriftState {
  // Told once; what goes on is told again as soon as it is sure again.
  if (verdict === 'drift' || verdict === 'warn') {
    return { ...state, lnM: null, lnRun: 0, windows: 0, pooled: null };
  }
  // After `quiet` the detector runs on, but a large change must not drown in months of a small one.
  const isGathering = verdict === 'ok' && lnRun >= 0;
  return { ...state, lnM, lnRun, pooled: isGathering ? pooled : null };
}

type Outcome = {
  readonly verdict: DriftVerdict;
  readonly pooled: WindowCounts | null;
  readonly figures: Pick<DriftRecord, 'lnE' | 'lnM' | 'lnRun' | 'windows' | 'effect' | 'subjects'>;
};

function toRecord(judged: JudgedWindow, outcome: Outcome): DriftRecord {
  const { spec, reference, state, window, counts, minimumRows, quality } = judged;
  const { verdict, pooled, figures } = outcome;
  const facts = {
    v: 1 as const,
    verdict,
    from: window.from,
    to: window.to,
    referenceDigest: state.referenceDigest,
    specDigest: state.specDigest,
    rows: counts.rows,
    carriedRows: state.carried?.rows ?? 0,
    minimumRows,
    countsDigest: digestJson(counts as unknown as Json),
    pooledDigest: pooled === null ? null : digestJson(pooled as unknown as Json),
    pooledRows: pooled?.rows ?? 0,
    ...figures,
    threshold: toThreshold(spec.falseAlarmBudget),
    quality,
  };
  return { ...facts, why: explainVerdict(facts, spec.effect, reference.rows) };
}
