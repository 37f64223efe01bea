import { type Ref, toRefKey } from '../core/contracts/ref.ts';
import { applyHold } from '../core/holds/apply-hold.ts';
import { findHold } from '../core/holds/hold.ts';
import { isAdmitted } from '../core/plan/admit.ts';
import type { Effect } from '../core/plan/effect.ts';
import type { PlanContext, PlannerResult } from '../core/plan/planner.ts';
import type { Condition } from '../core/status/condition.ts';
import type { KindObservation } from '../ports/kind-handler.ts';
import type { Intent, OpenIntent } from '../ports/store.ts';
import { type EffectResult, recordResult, runEffect, toSucceeded } from './effect-runner.ts';
import { readContext } from './key-context.ts';
import type { KeyOutcome } from './key-outcome.ts';
import { handlerOf } from './kind-lookup.ts';
import { observeFenced } from './observation.ts';
import type { IndexedAdmission, TermState } from './term-state.ts';
import type { ZoneDeps } from './zone-deps.ts';

export type KeyResult = {
  readonly outcome: KeyOutcome;
  readonly conditions: readonly Condition[];
  /** True when a planned effect was neither admitted nor refused: the judgement is out of date. */
  readonly needsAdmission: boolean;
};

/** Reads everything again, settles what was left open, plans, and performs the next effect. */
export async function workKey(
  deps: ZoneDeps,
  term: TermState,
  admission: IndexedAdmission,
  ref: Ref,
  announce: (conditions: readonly Condition[]) => void,
): Promise<KeyResult> {
  const handler = handlerOf(deps.kinds, ref.kind);
  const observation = await observeFenced(deps, term, ref);
  const open = term.openIntents.get(toRefKey(ref));
  if (open !== undefined && hasHappened(observation, open)) {
    await settle(deps, term, open, observation, 'succeeded');
    return again();
  }
  const recorded = await deps.store.journal.readRecorded(ref);
  const { read: observed, facts = {} } = observation;
  const context = await readContext(deps, admission, ref, observed);
  const desired = admission.desired.get(toRefKey(ref)) ?? null;
  const now = deps.clock.now();
  const planned = handler.plan({ ref, desired, observed, facts, recorded, now, context });
  const hold = findHold(admission.holds, ref, now);
  const result = applyHold(planned, hold, open?.effect.id ?? null);
  const admitted = admission.effects.get(toRefKey(ref)) ?? [];
  const effect = result.effects.find((candidate) => isAdmitted(candidate, admitted));
  if (open !== undefined && open.effect.id !== effect?.id && observed.state !== 'unknown') {
    await settle(deps, term, open, observation, 'abandoned');
    return again();
  }
  if (effect === undefined) return refuseOrRest(admission, ref, result, context);
  const intent = open ?? toIntent(admission, effect);
  // It may take minutes; meanwhile its status says what is being done.
  announce(result.conditions);
  return act(deps, term, intent, result.conditions);
}

function toIntent(admission: IndexedAdmission, effect: Effect): Intent {
  const { sequence, revision, planDigest, policyDigest } = admission.admission;
  return { effect, admissionSequence: sequence, revision, planDigest, policyDigest };
}

function hasHappened(observation: KindObservation, open: OpenIntent): boolean {
  return observation.read.state !== 'unknown' && observation.lastEffectId === open.effect.id;
}

/** An intent without an outcome is left by a crash or a failure; the world says which it was. */
async function settle(
  deps: ZoneDeps,
  term: TermState,
  open: OpenIntent,
  observation: KindObservation,
  outcome: 'succeeded' | 'abandoned',
): Promise<void> {
  const live = observation.read.state === 'present' ? observation.read.value : null;
  const result: EffectResult =
    outcome === 'succeeded'
      ? toSucceeded(open.effect, live, observation.lastOutcome)
      : { outcome, live, inputs: {}, summary: 'it is no longer wanted and did not happen' };
  await recordResult(deps, term.fence, open, result);
  term.openIntents.delete(toRefKey(open.effect.ref));
  term.attempts.delete(open.effect.id);
}

async function act(
  deps: ZoneDeps,
  term: TermState,
  intent: Intent,
  conditions: readonly Condition[],
): Promise<KeyResult> {
  const { effect } = intent;
  const key = toRefKey(effect.ref);
  const failures = term.attempts.get(effect.id) ?? 0;
  // An intent that is open stays so, also when this attempt ends before it begins.
  const isOpen = term.openIntents.get(key)?.effect.id === effect.id;
  const start = { fence: term.fence, intent, failures, isOpen };
  const run = await runEffect(deps, deps.effectSteps, start);
  if (run.isOpen) {
    term.attempts.set(effect.id, run.failures);
    term.openIntents.set(key, { ...intent, epoch: term.fence.epoch });
  } else {
    term.attempts.delete(effect.id);
    term.openIntents.delete(key);
  }
  return { outcome: run.ended ?? { kind: 'again' }, conditions, needsAdmission: false };
}

function refuseOrRest(
  admission: IndexedAdmission,
  ref: Ref,
  result: PlannerResult,
  context: PlanContext,
): KeyResult {
  if (result.effects.length === 0) return rest(result, context);
  const refusal = admission.refusals.get(toRefKey(ref));
  if (refusal === undefined) {
    const outcome: KeyOutcome = { kind: 'requeueAfter', delayMs: 5_000, why: 'to be judged' };
    return { outcome, conditions: result.conditions, needsAdmission: true };
  }
  // A policy that could not be evaluated denies, and is asked again: it may have been a bad moment.
  const needsAdmission = refusal.code === 'P303';
  const why = `${refusal.code} ${refusal.message}`;
  const condition: Condition = {
    type: 'Stalled',
    status: 'True',
    reason: 'Refused',
    message: why,
  };
  return { outcome: { kind: 'stalled', why }, conditions: [condition], needsAdmission };
}

function rest(result: PlannerResult, context: PlanContext): KeyResult {
  return { outcome: toRest(result, context), conditions: result.conditions, needsAdmission: false };
}

function toRest(result: PlannerResult, context: PlanContext): KeyOutcome {
  if (result.waiting.length === 0) return { kind: 'done' };
  // What was done to a dependency may mend what failed here, so that is waited for too.
  const on = [...context.dependencies, ...context.liveDependents].map(toRefKey);
  const untils = result.waiting.flatMap(({ until }) => until ?? []);
  return { kind: 'waiting', on, until: untils.length === 0 ? null : Math.min(...untils) };
}

function again(): KeyResult {
  return { outcome: { kind: 'again' }, conditions: [], needsAdmission: false };
}
