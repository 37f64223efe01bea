/** What a canary can do worse than the stable version. */
export type GuardrailMetric = 'failures' | 'latency' | 'positive-rate';

export type Guardrail = {
  readonly metric: GuardrailMetric;
  /** At least 1: a rate up to so many times the stable's is no reason to go back. */
  readonly tolerance: number;
  /**
   * Judged at the whole of alpha, without a share for the other guardrails. Each such guardrail adds
   * its alpha to the bound on false rollbacks.
   */
  readonly isCritical: boolean;
};

export type JudgeSpec = {
  /** The bound on the probability that a canary as good as the stable is rolled back, ever. */
  readonly rollbackAlpha: number;
  /** The bound on the probability that a canary which should not be promoted is, ever. */
  readonly promoteAlpha: number;
  readonly guardrails: readonly Guardrail[];
  /** The endpoint's objective, which promotion needs evidence for; null for an endpoint without. */
  readonly maxFailureRate: number | null;
  /**
   * Above 1: promotion also needs every guardrail shown to be at most so many times the stable's,
   * which takes millions of requests. Null for not asking.
   */
  readonly margin: number | null;
  /** Whether the arms receive what was declared. */
  readonly ratio: { readonly alpha: number; readonly tolerance: number };
  /** From the start of the rollout; then a person decides. */
  readonly deadlineMs: number;
};

/** Two weeks hold each day of the week twice. */
const DEFAULT_DEADLINE_MS = 14 * 86_400_000;

/**
 * A wrong rollback costs a look, a wrong promotion costs customers' answers, and no two models
 * decide exactly alike.
 */
export const DEFAULT_JUDGE_SPEC: JudgeSpec = {
  rollbackAlpha: 0.01,
  promoteAlpha: 0.05,
  guardrails: [
    { metric: 'failures', tolerance: 1, isCritical: false },
    { metric: 'latency', tolerance: 1.25, isCritical: false },
    { metric: 'positive-rate', tolerance: 1.25, isCritical: false },
  ],
  maxFailureRate: 0.01,
  margin: null,
  ratio: { alpha: 0.001, tolerance: 1.25 },
  deadlineMs: DEFAULT_DEADLINE_MS,
};

/** The spec was checked when it was read: what is caught here is a defect of ours. */
export function requireSpec(spec: JudgeSpec): void {
  const { rollbackAlpha, promoteAlpha, guardrails, maxFailureRate, margin, ratio } = spec;
  requireShare(rollbackAlpha, 'rollbackAlpha');
  requireShare(promoteAlpha, 'promoteAlpha');
  requireShare(ratio.alpha, 'ratio.alpha');
  requireFactor(ratio.tolerance, 'ratio.tolerance');
  for (const { metric, tolerance } of guardrails) requireFactor(tolerance, `${metric}.tolerance`);
  if (new Set(guardrails.map(({ metric }) => metric)).size < guardrails.length) {
    throw new RangeError('a metric is guarded twice');
  }
  if (maxFailureRate !== null) requireShare(maxFailureRate, 'maxFailureRate');
  if (margin !== null && !(margin > 1 && margin < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`margin is ${margin}, which is not above 1`);
  }
}

function requireShare(value: number, what: string): void {
  if (!(value > 0 && value < 1)) throw new RangeError(`${what} is ${value}, not between 0 and 1`);
}

function requireFactor(value: number, what: string): void {
  if (!(value >= 1 && value < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${what} is ${value}, which is below 1`);
  }
}
