import type { Digest } from '../contracts/digest.ts';
import type { Oid } from '../contracts/git.ts';
import type { NormalForm } from '../contracts/normal-form.ts';
import type { RefKey } from '../contracts/ref.ts';
import type { Policy } from '../policy/policy.ts';
import { directionOf } from './actions.ts';
import type { Admission, AdmittedEffect, Refusal, Removals } from './admission.ts';
import type { Effect } from './effect.ts';
import type { PlatformRules } from './platform-rules.ts';
import { digestPlan, type ZonePlan } from './zone-plan.ts';

export type AdmitInput = {
  readonly sequence: number;
  readonly revision: Oid;
  readonly plan: ZonePlan;
  readonly policyDigest: Digest;
  readonly desired: readonly NormalForm[];
  readonly heldBack: readonly RefKey[];
  readonly rules: PlatformRules;
  readonly policies?: readonly Policy[];
  readonly removals: Removals;
  /** Effects that policy refuses, by effect id, with what it said. */
  readonly denied: ReadonlyMap<string, Omit<Refusal, 'ref' | 'action'>>;
};

/** One judgement over the whole revision: which effects may happen and which are refused, and why. */
export function admit(input: AdmitInput): Admission {
  const capRefusal = refuseDeletions(input.removals, input.rules);
  const effects: AdmittedEffect[] = [];
  const refusals: Refusal[] = [];
  for (const effect of input.plan.effects) {
    const isRemoval = directionOf(effect.action) === 'remove';
    const refusal = input.denied.get(effect.id) ?? (isRemoval ? capRefusal : null);
    if (refusal === null || refusal === undefined) effects.push(toAdmitted(effect));
    else refusals.push({ ref: effect.ref, action: effect.action, ...refusal });
  }
  const { plan: _plan, denied: _denied, ...judged } = input;
  return { ...judged, planDigest: digestPlan(input.plan), effects, refusals };
}

/** The cap falls on all removals of a revision together: allowing some of them would be a choice. */
function refuseDeletions(
  { refs, liveCount, allowed }: Removals,
  { deletionCapPercent }: PlatformRules,
): Omit<Refusal, 'ref' | 'action'> | null {
  if (refs.length <= allowed) return null;
  return {
    code: 'P302',
    message:
      `this revision removes ${refs.length} of ${liveCount} live resources; ` +
      `the Platform's deletionCapPercent of ${deletionCapPercent} allows ${allowed}`,
  };
}

function toAdmitted(effect: Effect): AdmittedEffect {
  return { ref: effect.ref, action: effect.action, targetDigest: effect.targetDigest };
}

/**
 * Whether an effect may happen now, given what was admitted for its resource. Creating and
 * updating reach the same target, so either is covered by the other; a removal must be the very
 * one that was judged.
 */
export function isAdmitted(effect: Effect, admitted: readonly AdmittedEffect[]): boolean {
  if (effect.class === 'self-heal') return true;
  const direction = directionOf(effect.action);
  const goal = effect.stepOf ?? effect.targetDigest;
  return admitted.some(
    (one) =>
      one.targetDigest === goal &&
      directionOf(one.action) === direction &&
      (direction === 'converge' || one.action === effect.action),
  );
}
