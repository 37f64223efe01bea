import { requireCount } from '../statistics/require-count.ts';
import { type EventPool, poolEvents, toEvents } from './event-pool.ts';
import type { JudgeSpec } from './judge-spec.ts';
import {
  type Evidence,
  type GuardrailEvidence,
  measureGuardrail,
  toEvidence,
} from './measure-guardrail.ts';
import { measureAbsoluteEvidence } from './promotion-evidence.ts';
import { measureRatioMismatch } from './ratio-mismatch.ts';
import type { WeightEpoch } from './weight-epoch.ts';

/** All that a look decides on; it follows from the spec and the counts alone. */
export type RolloutEvidence = {
  /** That the arms do not receive what was declared. */
  readonly ratio: Evidence & { readonly requests: readonly EventPool[] };
  readonly guardrails: readonly GuardrailEvidence[];
  /** That the canary keeps the objective; null without one. */
  readonly absolute: (Evidence & { readonly requests: number; readonly failures: number }) | null;
};

export function measureRollout(spec: JudgeSpec, epochs: readonly WeightEpoch[]): RolloutEvidence {
  const requests = poolEvents(toEvents(epochs, (arm) => arm.requests));
  const mismatch = measureRatioMismatch(requests, spec.ratio.tolerance);
  return {
    ratio: { ...toEvidence(mismatch, -Math.log(spec.ratio.alpha)), requests },
    guardrails: spec.guardrails.map((guardrail) => measureGuardrail(guardrail, spec, epochs)),
    absolute: measureObjective(spec, epochs),
  };
}

/** The canary alone, at any weight: what it is compared with is the objective. */
function measureObjective(
  { maxFailureRate, promoteAlpha }: JudgeSpec,
  epochs: readonly WeightEpoch[],
): RolloutEvidence['absolute'] {
  if (maxFailureRate === null) return null;
  let requests = 0;
  let failures = 0;
  for (const { weight, canary } of epochs) {
    if (weight === 0 || canary === null) continue;
    requests = requireCount(requests + canary.requests, 'the sum of canary requests');
    failures += canary.failures;
  }
  const lnE = measureAbsoluteEvidence({ requests, failures }, maxFailureRate);
  return { ...toEvidence(lnE, -Math.log(promoteAlpha)), requests, failures };
}
