import { roundForVerdict } from '../statistics/crossing.ts';
import { type EventPool, poolEvents, toEvents } from './event-pool.ts';
import type { Guardrail, GuardrailMetric, JudgeSpec } from './judge-spec.ts';
import { countExceedances, type LatencyCut } from './latency-exceedance.ts';
import { countDecisions, measureDecisionShift, measureSameDecisions } from './positive-rate.ts';
import { measureRelativeEvidence } from './promotion-evidence.ts';
import { measureRollbackEvidence } from './rollback-evidence.ts';
import type { ArmCounts, WeightEpoch } from './weight-epoch.ts';

/** An e-value in logarithms beside what it has to come to. Both are rounded to nine decimals. */
export type Evidence = {
  readonly lnE: number;
  readonly threshold: number;
  /** Equality crosses. */
  readonly hasCrossed: boolean;
};

export type GuardrailEvidence = {
  readonly metric: GuardrailMetric;
  readonly tolerance: number;
  readonly isCritical: boolean;
  /** What was counted, by weight; the kinds of events that the metric consists of. */
  readonly events: Readonly<Record<string, readonly EventPool[]>>;
  /** From which duration on a request was slow, by weight; of latency alone. */
  readonly cuts: readonly LatencyCut[];
  /** That the canary has more of it than is fine. */
  readonly more: Evidence;
  /** That it has fewer; null where fewer is better. */
  readonly fewer: Evidence | null;
  /** That it lies within the margin; null where no margin is asked for. */
  readonly nonInferior: Evidence | null;
};

export function toEvidence(lnE: number, threshold: number): Evidence {
  const rounded = { lnE: roundForVerdict(lnE), threshold: roundForVerdict(threshold) };
  return { ...rounded, hasCrossed: rounded.lnE >= rounded.threshold };
}

export function measureGuardrail(
  guardrail: Guardrail,
  spec: JudgeSpec,
  epochs: readonly WeightEpoch[],
): GuardrailEvidence {
  const threshold = toThreshold(guardrail, spec);
  const toPromotion = (measure: (margin: number) => number): Evidence | null =>
    spec.margin === null ? null : toEvidence(measure(spec.margin), -Math.log(spec.promoteAlpha));
  const { metric, tolerance } = guardrail;
  if (metric === 'positive-rate') {
    const counts = countDecisions(epochs);
    const { more, fewer } = measureDecisionShift(counts, tolerance);
    return {
      ...guardrail,
      events: { positives: counts.positives, negatives: counts.negatives },
      cuts: [],
      // Two sides share what a guardrail with one has to itself.
      more: toEvidence(more, threshold + Math.LN2),
      fewer: toEvidence(fewer, threshold + Math.LN2),
      nonInferior: toPromotion((margin) => measureSameDecisions(counts, margin)),
    };
  }
  const { name, pools, cuts } = countBadEvents(metric, epochs);
  return {
    ...guardrail,
    events: { [name]: pools },
    cuts,
    more: toEvidence(measureRollbackEvidence(pools, tolerance), threshold),
    fewer: null,
    nonInferior: toPromotion((margin) => measureRelativeEvidence(pools, margin)),
  };
}

function countBadEvents(metric: 'failures' | 'latency', epochs: readonly WeightEpoch[]) {
  if (metric === 'latency') return { name: 'exceedances', ...countExceedances(epochs) };
  const pools = poolEvents(toEvents(epochs, ({ failures }) => failures));
  return { name: 'failures', pools, cuts: [] };
}

/** ln(k/α) for k guardrails that share α; a critical one has its own. */
function toThreshold({ isCritical }: Guardrail, spec: JudgeSpec): number {
  const sharing = spec.guardrails.filter((other) => !other.isCritical).length;
  return Math.log(isCritical ? 1 : sharing) - Math.log(spec.rollbackAlpha);
}

/** Whether the counts of an arm, once read, say something of the metric. */
export function isMeasured(metric: GuardrailMetric, { latency, positives }: ArmCounts): boolean {
  if (metric === 'latency') return latency !== null;
  return metric === 'failures' || positives !== null;
}
