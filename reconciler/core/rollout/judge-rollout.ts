import type { Instant } from '../contracts/instant.ts';
import { describeJudgement } from './describe-judgement.ts';
import { type JudgeSpec, requireSpec } from './judge-spec.ts';
import { isMeasured } from './measure-guardrail.ts';
import { measureRollout, type RolloutEvidence } from './measure-rollout.ts';
import type { JudgeReason, Latch, RolloutVerdict } from './rollout-verdict.ts';
import { requireEpochs, type WeightEpoch } from './weight-epoch.ts';

export type Judgement = {
  readonly verdict: RolloutVerdict;
  readonly reason: JudgeReason;
  /** For people; without times, and stable until the verdict is final. */
  readonly message: string;
  /** The deadline has come, so that a hold is a question for a person. */
  readonly isOverdue: boolean;
  readonly evidence: RolloutEvidence;
};

export type Look = {
  readonly now: Instant;
  readonly startedAt: Instant;
  readonly latched: Latch;
};

/**
 * May be asked at any time and as often as one likes: its bounds hold for all looks together. Counts
 * belong to the versions that were compared; another canary starts new ones.
 */
export function judgeRollout(
  spec: JudgeSpec,
  epochs: readonly WeightEpoch[],
  { now, startedAt, latched }: Look,
): Judgement {
  requireSpec(spec);
  requireEpochs(epochs);
  const evidence = measureRollout(spec, epochs);
  const isOverdue = now - startedAt >= spec.deadlineMs;
  const hasGaps = epochs.some((epoch) => isGap(spec, epoch));
  const [verdict, reason] = decide({ evidence, hasGaps, isOverdue, latched });
  const message = describeJudgement(reason, evidence.guardrails);
  return { verdict, reason, message, isOverdue, evidence };
}

type Findings = {
  readonly evidence: RolloutEvidence;
  readonly hasGaps: boolean;
  readonly isOverdue: boolean;
  readonly latched: Latch;
};

/**
 * In order of precedence. With a mismatch the weights are not what the evidence takes them for, so
 * it comes before all that is judged by them. A canary that was found good is still watched: until
 * all traffic is its own it can be found bad.
 */
function decide(findings: Findings): readonly [RolloutVerdict, JudgeReason] {
  const { evidence, hasGaps, isOverdue, latched } = findings;
  const { ratio, guardrails, absolute } = evidence;
  if (latched === 'rollback') return ['rollback', 'decided-before'];
  if (ratio.hasCrossed) return ['hold', 'sample-ratio-mismatch'];
  const isWorse = guardrails.some(({ more, fewer }) => more.hasCrossed || fewer?.hasCrossed);
  if (isWorse) return ['rollback', 'guardrail-crossed'];
  if (hasGaps) return ['hold', 'counts-missing'];
  if (latched === 'promote') return ['promote', 'decided-before'];
  if (isOverdue) return ['hold', 'deadline'];
  const rules = [absolute, ...guardrails.map(({ nonInferior }) => nonInferior)].filter(
    (rule) => rule !== null,
  );
  if (rules.length === 0) return ['hold', 'no-promotion-rule'];
  const isProven = rules.every(({ hasCrossed }) => hasCrossed);
  return isProven ? ['promote', 'evidence-suffices'] : ['hold', 'undecided'];
}

/** Whether an epoch leaves open what a guardrail asks. Before the rollout there is no canary. */
function isGap({ guardrails }: JudgeSpec, { weight, canary, stable }: WeightEpoch): boolean {
  if (weight === 0) return false;
  if (canary === null || (stable === null && weight < 1)) return true;
  const arms = stable === null || weight === 1 ? [canary] : [canary, stable];
  return guardrails.some(({ metric }) => arms.some((arm) => !isMeasured(metric, arm)));
}
