import { toDurationSeconds } from '../spec/duration.ts';
import type { EndpointSpec } from '../spec/generated/endpoint.generated.ts';
import type { JudgeSpec } from './judge-spec.ts';
import { DEFAULT_JUDGE_SPEC } from './judge-spec.ts';
import type { RolloutStep } from './rollout-steps.ts';

export type RolloutSpec = NonNullable<EndpointSpec['rollout']>;

/** How an endpoint lets traffic go over, and what it judges by; null for no judge. */
export type RolloutPlan = {
  readonly steps: readonly RolloutStep[];
  readonly judge: JudgeSpec | null;
};

/** Of an endpoint that is valid. Null where all traffic goes over at once. */
export function toRolloutPlan({ rollout }: Pick<EndpointSpec, 'rollout'>): RolloutPlan | null {
  if (rollout === undefined) return null;
  const { steps, analysis } = rollout;
  return { steps: steps.map(toStep), judge: analysis === undefined ? null : toJudge(analysis) };
}

export function toStep(step: RolloutSpec['steps'][number]): RolloutStep {
  const { setWeight, pause } = step;
  if (setWeight !== undefined) return { kind: 'setWeight', percent: setWeight };
  if (pause !== undefined) return { kind: 'pause', durationMs: toDurationSeconds(pause) * 1_000 };
  return { kind: 'analysis' };
}

function toJudge(analysis: NonNullable<RolloutSpec['analysis']>): JudgeSpec {
  const { guardrails, maxFailureRate, margin, rollbackAlpha, promoteAlpha, deadline } = analysis;
  return {
    ...{ guardrails, maxFailureRate, rollbackAlpha, promoteAlpha, margin: margin ?? null },
    ratio: DEFAULT_JUDGE_SPEC.ratio,
    deadlineMs: toDurationSeconds(deadline) * 1_000,
  };
}
