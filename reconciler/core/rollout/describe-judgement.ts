import type { EventPool } from './event-pool.ts';
import type { GuardrailEvidence } from './measure-guardrail.ts';
import type { JudgeReason } from './rollout-verdict.ts';

const MESSAGES: Readonly<Record<Exclude<JudgeReason, 'guardrail-crossed'>, string>> = {
  'evidence-suffices':
    'the canary has shown what promotion asks for, and nothing speaks against it',
  'decided-before': 'decided by an earlier look, which stands',
  'sample-ratio-mismatch':
    'the versions do not receive the shares that were declared: look for the fault in routing, ' +
    'since counts that are not comparable say nothing of the model',
  'counts-missing': 'counts of one side could not be read or do not hold what is guarded',
  deadline: 'the deadline came before the evidence: a person decides',
  'no-promotion-rule':
    'nothing is guarded and no objective is set, so no evidence can promote: a person decides',
  undecided: 'not yet enough evidence, neither for the canary nor against it',
};

/** Only what is final carries counts: a message that changes with each look is read by nobody. */
export function describeJudgement(
  reason: JudgeReason,
  guardrails: readonly GuardrailEvidence[],
): string {
  if (reason !== 'guardrail-crossed') return MESSAGES[reason];
  const complaints = guardrails.flatMap(describeGuardrail);
  return `the canary ${complaints.join(', and ')}`;
}

function describeGuardrail({ metric, more, fewer, events }: GuardrailEvidence): readonly string[] {
  const pools = Object.values(events)[0] ?? [];
  const counts = describeCounts(pools);
  if (metric === 'failures') return more.hasCrossed ? [`fails more often (${counts})`] : [];
  if (metric === 'latency') return more.hasCrossed ? [`is slow more often (${counts})`] : [];
  return [
    ...(more.hasCrossed ? [`decides positively more often (${counts})`] : []),
    ...(fewer?.hasCrossed === true ? [`decides positively less often (${counts})`] : []),
  ];
}

function describeCounts(pools: readonly EventPool[]): string {
  let canary = 0;
  let all = 0;
  let fair = 0;
  for (const pool of pools) {
    const events = pool.canary + pool.stable;
    canary += pool.canary;
    all += events;
    fair += pool.weight * events;
  }
  return `${canary} of ${all}, where its traffic would explain ${Math.round(fair)}`;
}
