import type { DriftVerdict } from '../../drift/drift-record.ts';
import { toTypedSpec } from '../../spec/typed-spec.ts';
import type { Condition } from '../../status/condition.ts';
import { type ConvergenceWords, planConvergence } from '../plan-convergence.ts';
import type { Planner, PlannerInput, PlannerResult } from '../planner.ts';
import { toEffect } from '../to-effect.ts';

export type MonitorFacts = {
  /** Of the version that is served; null before its first window has ended. */
  readonly verdict: DriftVerdict | null;
  /** Of the last alarm, or why nothing can be said. */
  readonly why: string;
  /** What is to be told; null when everything was. */
  readonly alarm: { readonly verdict: 'drift' | 'warn'; readonly why: string } | null;
};

/** A window ends without anybody telling, so that it is looked at. */
const LOOK_AGAIN_MS = 2_000;

/** What a monitor measures goes on by itself; only an alarm is an effect, so that it is told. */
export const planMonitor: Planner = (input) =>
  planConvergence(input, {
    ...WORDS,
    settle: (settled) => tell(settled) ?? settle(settled),
  });

const WORDS: ConvergenceWords = {
  describe: ({ after }) => {
    const { endpoint, window } = toTypedSpec(after, 'Monitor');
    return `watches the endpoint ${endpoint} in windows of ${window}`;
  },
  removal: () => ({ action: 'delete', reason: 'left Git: nothing watches its endpoint by it' }),
};

/** An alarm says something of a monitor that is as it should be, and changes nothing of it. */
function tell(input: PlannerInput): PlannerResult | null {
  const { desired, facts, context } = input;
  const { alarm = null } = facts as Partial<MonitorFacts>;
  if (desired === null || alarm === null || context.isWholePlan) return null;
  const reason = `${alarm.verdict}: ${alarm.why}`;
  const words = { action: 'alarm', target: desired, reason, risk: 'none' } as const;
  const effect = toEffect(input, { ...words, class: 'self-heal' });
  return { effects: [effect], waiting: [], conditions: [toCondition('Drifting', alarm.why)] };
}

function settle({ desired, facts, now }: PlannerInput): PlannerResult | null {
  if (desired === null) return null;
  const { verdict = null, why = '' } = facts as Partial<MonitorFacts>;
  const waiting = [{ on: 'the end of a window', until: now + LOOK_AGAIN_MS }];
  return { effects: [], waiting, conditions: [describe(verdict, why)] };
}

/** Figures change with each window: only those of an alarm, which stays, are told here. */
function describe(verdict: DriftVerdict | null, why: string): Condition {
  switch (verdict) {
    case null:
      return toCondition(
        'AwaitingTraffic',
        'no window of the version that is served has ended yet',
      );
    case 'insufficient-data':
      return toCondition('InsufficientData', 'the last window had too few rows to judge');
    case 'blocked':
      return toCondition('DataBroken', why);
    case 'drift':
    case 'warn':
      return toCondition('Drifting', why);
    case 'ok':
    case 'quiet':
      return toCondition('Watching', 'no sign of a change that matters');
  }
}

function toCondition(reason: string, message: string): Condition {
  return { type: 'Ready', status: 'True', reason, message };
}
