import type { OutcomeWord } from '../core/audit/record.ts';
import { CodedError, isCodedError } from '../core/contracts/coded-error.ts';
import type { Digest } from '../core/contracts/digest.ts';
import type { Fence } from '../core/contracts/fence.ts';
import { toRfc3339 } from '../core/contracts/instant.ts';
import type { NormalForm } from '../core/contracts/normal-form.ts';
import type { Effect } from '../core/plan/effect.ts';
import type { Outcome } from '../ports/kind-handler.ts';
import type { Intent } from '../ports/store.ts';
import type { EffectDeps } from './effect-deps.ts';
import type { KeyOutcome } from './key-outcome.ts';
import { handlerOf } from './kind-lookup.ts';
import { observeInTime } from './observation.ts';
import { backoffMs, MAX_ATTEMPTS } from './retry.ts';

/** One effect on its way from intent to ledger record. */
export type EffectRun = {
  readonly fence: Fence;
  readonly intent: Intent;
  /** Attempts of this term that have failed so far. */
  readonly failures: number;
  /** Whether the intent is in the journal, so that it needs an outcome whatever happens. */
  readonly isOpen: boolean;
  readonly result: EffectResult | null;
  /** Set when the way ends early; later steps do not run. */
  readonly ended: KeyOutcome | null;
};

export type EffectResult = {
  readonly outcome: OutcomeWord;
  readonly live: NormalForm | null;
  /** Digests of what it was made from or led to. */
  readonly inputs: Readonly<Record<string, Digest>>;
  readonly summary: string;
};

export type EffectStep = (deps: EffectDeps, run: EffectRun) => Promise<EffectRun>;

/** The order is the promise: an intent before the act, the act before its outcome. */
export const EFFECT_STEPS: readonly EffectStep[] = [checkBacklog, openIntent, perform, record];

export async function runEffect(
  deps: EffectDeps,
  steps: readonly EffectStep[],
  start: Pick<EffectRun, 'fence' | 'intent' | 'failures' | 'isOpen'>,
): Promise<EffectRun> {
  let run: EffectRun = { ...start, result: null, ended: null };
  for (const step of steps) {
    run = await step(deps, run);
    if (run.ended !== null) return run;
  }
  return { ...run, isOpen: false, ended: { kind: 'again' } };
}

/** Fails closed: what cannot be written down in time must not go on happening. */
export async function checkBacklog(deps: EffectDeps, run: EffectRun): Promise<EffectRun> {
  const backlog = await deps.store.outbox.readBacklog();
  const ageMs = backlog.oldestAt === null ? 0 : deps.clock.now() - backlog.oldestAt;
  const { maxBacklogRows, maxBacklogAgeMs } = deps.settings;
  if (backlog.rows <= maxBacklogRows && ageMs <= maxBacklogAgeMs) return run;
  return { ...run, ended: soon(`the ledger lags behind by ${backlog.rows} records`) };
}

export async function openIntent(deps: EffectDeps, run: EffectRun): Promise<EffectRun> {
  const state = await deps.store.journal.openIntent(run.fence, run.intent);
  if (state === 'open') return { ...run, isOpen: true };
  if (state === 'terminal') return { ...run, isOpen: false, ended: { kind: 'again' } };
  return { ...run, ended: soon('a newer judgement comes into force') };
}

function soon(why: string): KeyOutcome {
  return { kind: 'requeueAfter', delayMs: 1_000, why };
}

export async function perform(deps: EffectDeps, run: EffectRun): Promise<EffectRun> {
  const { effect } = run.intent;
  try {
    const handler = handlerOf(deps.kinds, effect.ref.kind);
    const cause = { revision: run.intent.revision };
    const { live, ...outcome } = await handler.perform(effect, run.fence, cause);
    return { ...run, result: toSucceeded(effect, live, outcome) };
  } catch (error) {
    if (isCodedError(error, 'P403')) throw error;
    return afterFailure(deps, run, error);
  }
}

/** What came of it is told by the act itself, or later by whoever looks at the world. */
export function toSucceeded(
  effect: Effect,
  live: NormalForm | null,
  outcome: Outcome = {},
): EffectResult {
  const { inputs = {}, summary = effect.reason } = outcome;
  return { outcome: 'succeeded', live, inputs, summary };
}

/** An error does not say whether the act happened, so the world is asked before anything else. */
async function afterFailure(deps: EffectDeps, run: EffectRun, error: unknown): Promise<EffectRun> {
  const { effect } = run.intent;
  const seen = await observeInTime(deps, effect.ref);
  if (seen.read.state !== 'unknown' && seen.lastEffectId === effect.id) {
    const live = seen.read.state === 'present' ? seen.read.value : null;
    return { ...run, result: toSucceeded(effect, live, seen.lastOutcome) };
  }
  const summary = describeFailure(error);
  const failures = run.failures + 1;
  deps.log.write({
    level: 'warn',
    event: 'effect-attempt-failed',
    message: `${effect.action} failed: ${summary}`,
    fields: { effectId: effect.id, attempt: failures },
  });
  const mayRetry = !isCodedError(error) || error.remedy === 'retry';
  if (seen.read.state === 'unknown' || (mayRetry && failures < MAX_ATTEMPTS)) {
    const delayMs = backoffMs(failures, deps.randomness);
    return { ...run, failures, ended: { kind: 'requeueAfter', delayMs, why: summary } };
  }
  const live = seen.read.state === 'present' ? seen.read.value : null;
  return { ...run, result: { outcome: 'failed', live, inputs: {}, summary } };
}

export async function record(deps: EffectDeps, run: EffectRun): Promise<EffectRun> {
  if (run.result === null) throw new Error('an outcome is recorded only after the act');
  await recordResult(deps, run.fence, run.intent, run.result);
  return run;
}

/** Of what was pushed without a pull request. */
const NOBODY = { pull: null, approvals: [] } as const;

export async function recordResult(
  deps: EffectDeps,
  fence: Fence,
  intent: Intent,
  result: EffectResult,
): Promise<void> {
  const { effect, revision, planDigest, policyDigest } = intent;
  const approval = await deps.store.admissions.readApproval(intent.admissionSequence);
  const { pull, approvals } = approval ?? NOBODY;
  const sealed = await deps.store.journal.recordOutcome(fence, {
    draft: {
      zone: deps.zone,
      effectId: effect.id,
      ref: effect.ref,
      action: effect.action,
      outcome: result.outcome,
      cause: { revision, pull, approvals, planDigest },
      inputs: { ...result.inputs, target: effect.targetDigest },
      policyDigest,
      evidence: {},
      at: toRfc3339(deps.clock.now()),
      actor: deps.signer.publicKey,
      epoch: fence.epoch,
    },
    live: result.live,
    summary: result.summary,
  });
  deps.log.write({
    level: result.outcome === 'succeeded' ? 'info' : 'warn',
    event: `effect-${result.outcome}`,
    message: `${effect.action} ${effect.ref.kind} ${effect.ref.name}: ${result.summary}`,
    fields: { seq: sealed.record.seq, effectId: effect.id },
  });
}

function describeFailure(error: unknown): string {
  if (error instanceof CodedError) return `${error.code} ${error.message}`;
  return 'P606 unexpected failure';
}
