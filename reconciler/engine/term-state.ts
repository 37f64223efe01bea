import type { Fence } from '../core/contracts/fence.ts';
import { type NormalForm, toRef } from '../core/contracts/normal-form.ts';
import { type RefKey, toRefKey } from '../core/contracts/ref.ts';
import { type HoldIndex, indexHolds, listHolds } from '../core/holds/hold.ts';
import type { Admission, AdmittedEffect, Refusal } from '../core/plan/admission.ts';
import type { OpenIntent } from '../ports/store.ts';

/** What one term of leadership knows. It dies with the term; the next one reads all of it again. */
export type TermState = {
  readonly fence: Fence;
  /** Kinds whose receiver has not yet learned of this epoch: nothing is read from them. */
  readonly unfencedKinds: Set<string>;
  admission: IndexedAdmission | null;
  readonly openIntents: Map<RefKey, OpenIntent>;
  /** Failed attempts by effect id. */
  readonly attempts: Map<string, number>;
};

/** An admission with what key workers ask of it, so that a key costs the same in any fleet. */
export type IndexedAdmission = {
  readonly admission: Admission;
  readonly desired: ReadonlyMap<RefKey, NormalForm>;
  readonly effects: ReadonlyMap<RefKey, readonly AdmittedEffect[]>;
  readonly refusals: ReadonlyMap<RefKey, Refusal>;
  readonly heldBack: ReadonlySet<RefKey>;
  readonly holds: HoldIndex;
};

export function indexAdmission(admission: Admission): IndexedAdmission {
  const effects = new Map<RefKey, AdmittedEffect[]>();
  for (const effect of admission.effects) {
    const key = toRefKey(effect.ref);
    effects.set(key, [...(effects.get(key) ?? []), effect]);
  }
  return {
    admission,
    desired: new Map(admission.desired.map((form) => [toRefKey(toRef(form)), form])),
    effects,
    refusals: new Map(admission.refusals.map((refusal) => [toRefKey(refusal.ref), refusal])),
    heldBack: new Set(admission.heldBack),
    holds: indexHolds(listHolds(admission.desired)),
  };
}
