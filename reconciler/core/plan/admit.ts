import type { Digest } from '../contracts/digest.ts';
import type { Oid } from '../contracts/git.ts';
import type { NormalForm } from '../contracts/normal-form.ts';
import type { RefKey } from '../contracts/ref.ts';
import { directionOf } from './actions.ts';
import type { Admission, AdmittedEffect, Refusal } from './admission.ts';
import type { Effect } from './effect.ts';
import { digestPlan, type ZonePlan } from './zone-plan.ts';

export type AdmitInput = {
  readonly sequence: number;
  readonly revision: Oid;
  readonly plan: ZonePlan;
  readonly policyDigest: Digest;
  readonly desired: readonly NormalForm[];
  readonly heldBack: readonly RefKey[];
  /** How many resources of the zone are live: what the deletion cap is a share of. */
  readonly liveCount: number;
  readonly deletionCapPercent: number;
  /** Effects that policy refuses, by effect id, with what it said. */
  readonly denied: ReadonlyMap<string, Omit<Refusal, 'ref' | 'action'>>;
};

/** One judgement over the whole revision: which effects may happen and which are refused, and why. */
export function admit(input: AdmitInput): Admission {
  const capRefusal = refuseDeletions(input);
  const effects: AdmittedEffect[] = [];
  const refusals: Refusal[] = [];
  for (const effect of input.plan.effects) {
    const isRemoval = directionOf(effect.action) === 'remove';
    const refusal = input.denied.get(effect.id) ?? (isRemoval ? capRefusal : null);
    if (refusal === null || refusal === undefined) effects.push(toAdmitted(effect));
    else refusals.push({ ref: effect.ref, action: effect.action, ...refusal });
  }
  const { sequence, revision, policyDigest, desired, heldBack } = input;
  const planDigest = digestPlan(input.plan);
  return { sequence, revision, planDigest, policyDigest, desired, heldBack, effects, refusals };
}

/** The cap falls on all removals of a revision together: allowing some of them would be a choice. */
function refuseDeletions(input: AdmitInput): Omit<Refusal, 'ref' | 'action'> | null {
  const removals = input.plan.effects.filter((e) => directionOf(e.action) === 'remove').length;
  const allowed = allowedDeletions(input.liveCount, input.deletionCapPercent);
  if (removals <= allowed) return null;
  return {
    code: 'P302',
    message:
      `this revision removes ${removals} of ${input.liveCount} live resources; ` +
      `the Platform's deletionCapPercent of ${input.deletionCapPercent} allows ${allowed}`,
  };
}

/** At least one while the cap is above zero, or a small platform could never remove anything. */
export function allowedDeletions(liveCount: number, capPercent: number): number {
  if (capPercent === 0) return 0;
  return Math.max(1, Math.floor((liveCount * capPercent) / 100));
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
  return admitted.some(
    (one) =>
      one.targetDigest === effect.targetDigest &&
      directionOf(one.action) === direction &&
      (direction === 'converge' || one.action === effect.action),
  );
}
