import type { DriftReference } from '../contracts/generated/model-manifest.generated.ts';
import { roundForVerdict } from '../statistics/crossing.ts';
import { logSumExp } from '../statistics/log-sum-exp.ts';
import type { QualityFinding, QualityRule } from './data-quality.ts';
import { advanceDetector, advanceRun } from './detector.ts';
import type { DriftSpec } from './drift-spec.ts';
import type { DriftState } from './drift-state.ts';
import { type Effect, toTotalEffect } from './effect.ts';
import {
  type SubjectEvidence,
  type SubjectRecord,
  toSubjectEffect,
  toSubjectEvidence,
} from './judge-subject.ts';
import { type Subject, toSubjects, type WindowCounts } from './subjects.ts';
import { addWindowCounts, withoutFeatures } from './window-counts.ts';

/** Both keys of one window, and what they were read from. */
export type MeasuredWindow = {
  readonly lnE: number;
  readonly lnM: number;
  readonly lnRun: number;
  /** What the effect was measured on. */
  readonly pooled: WindowCounts;
  readonly effect: Effect;
  readonly subjects: readonly SubjectRecord[];
};

type Measuring = {
  readonly spec: DriftSpec;
  readonly reference: DriftReference;
  readonly state: DriftState;
  readonly counts: WindowCounts;
  readonly quality: readonly QualityFinding[];
};

export function measureWindow(measuring: Measuring): MeasuredWindow {
  const { spec, reference, state, counts, quality } = measuring;
  const { aggregate, warn } = spec.effect;
  const weighed = toSubjects(reference, aggregate).map((subject): WeighedSubject => {
    const blockedBy = toBlockingRules(subject, quality);
    const isBlocked = blockedBy.length > 0;
    return { subject, blockedBy, evidence: toSubjectEvidence(subject, counts, isBlocked) };
  });
  const lnE = toMeanEvidence(weighed);
  const lnM = roundForVerdict(advanceDetector(state.lnM, lnE));
  const lnRun = roundForVerdict(advanceRun(state.lnRun, lnE));
  const pooled = toPooled(weighed, { lnRun, before: state.pooled, counts });
  const subjects = weighed.map(({ subject, blockedBy, evidence }): SubjectRecord => {
    const { kind, name, importance, weight } = subject;
    const effect = blockedBy.length > 0 ? null : toSubjectEffect(subject, pooled, warn);
    return { kind, name, importance, weight: roundForVerdict(weight), blockedBy, evidence, effect };
  });
  return { lnE, lnM, lnRun, pooled, effect: toTotalEffect(aggregate, subjects), subjects };
}

type WeighedSubject = {
  readonly subject: Subject;
  readonly blockedBy: readonly QualityRule[];
  readonly evidence: SubjectEvidence;
};

function toBlockingRules(
  { kind, name }: Subject,
  quality: readonly QualityFinding[],
): readonly QualityRule[] {
  if (kind === 'score') return [];
  return quality.filter(({ feature }) => feature === name).map(({ rule }) => rule);
}

/** A mean of e-values is one too, whatever the features have to do with one another. */
function toMeanEvidence(weighed: readonly WeighedSubject[]): number {
  const terms = weighed.map(({ subject, evidence }) => Math.log(subject.weight) + evidence.lnE);
  return roundForVerdict(logSumExp(terms));
}

/** Windows that evidence is gathered from count together: fewer bits of chance than one has. */
function toPooled(
  weighed: readonly WeighedSubject[],
  of: {
    readonly lnRun: number;
    readonly before: WindowCounts | null;
    readonly counts: WindowCounts;
  },
): WindowCounts {
  const blocked = weighed.filter(({ blockedBy }) => blockedBy.length > 0);
  const kept = withoutFeatures(of.counts, new Set(blocked.map(({ subject }) => subject.at)));
  // Evidence as a whole against a change: nothing that came before tells of one.
  return of.lnRun < 0 ? kept : addWindowCounts(of.before, kept);
}
