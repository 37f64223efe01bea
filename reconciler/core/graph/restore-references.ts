import { type NormalForm, toRef } from '../contracts/normal-form.ts';
import { type RefKey, toRefKey } from '../contracts/ref.ts';
import { listMisfits } from './fit/list-misfits.ts';
import { listReferences } from './references.ts';

type Restoration = {
  /** What the zone should be, as far as it is decided. */
  readonly forms: Map<RefKey, NormalForm>;
  readonly lastGood: ReadonlyMap<RefKey, NormalForm>;
  /** What stays at its last good form. */
  readonly kept: Set<RefKey>;
  /** What is neither as the revision says nor was meant to be kept. */
  readonly restored: Set<RefKey>;
  /** What is new and fits only what was put back: it cannot be yet. */
  readonly dropped: Set<RefKey>;
};

/**
 * A last good form may name what the revision has removed, has moved to another zone, or has
 * changed so that the two no longer fit. Then that stays at its last good form too, or the kept one
 * would stand on nothing; and so does whatever fits the new one alone. Gives `desired` with such
 * resources put back, sorted by key, and the keys that were.
 *
 * It ends because each round keeps or drops one resource more, and what was admitted together fits
 * together.
 */
export function restoreReferences(
  desired: readonly NormalForm[],
  kept: Iterable<RefKey>,
  lastGood: ReadonlyMap<RefKey, NormalForm>,
): { readonly desired: readonly NormalForm[]; readonly restored: readonly RefKey[] } {
  const forms = new Map(desired.map((form) => [toRefKey(toRef(form)), form]));
  let round: readonly RefKey[] = [...kept].sort();
  const state: Restoration = {
    forms,
    lastGood,
    kept: new Set(round),
    restored: new Set(),
    dropped: new Set(),
  };
  while (round.length > 0) {
    const below = round.flatMap((key) => restoreBelow(state, key));
    round = below.length > 0 ? below : releaseMisfits(state);
  }
  const sorted = [...forms].sort(([left], [right]) => (left < right ? -1 : 1));
  return { desired: sorted.map(([, form]) => form), restored: [...state.restored].sort() };
}

/** Puts back what a kept form misses, and what it does not fit. */
function restoreBelow(state: Restoration, key: RefKey): readonly RefKey[] {
  const form = state.forms.get(key);
  if (form === undefined) return [];
  const missed = listNames(form).filter((to) => !state.forms.has(to));
  const unfit = listUnfit(state, form);
  return [...missed, ...unfit].filter((to) => putBack(state, to));
}

function putBack(state: Restoration, key: RefKey): boolean {
  const last = state.lastGood.get(key);
  if (last === undefined || state.kept.has(key)) return false;
  state.forms.set(key, last);
  state.kept.add(key);
  state.restored.add(key);
  return true;
}

/** What was put back may not be what its other users count on: they do not move either. */
function releaseMisfits(state: Restoration): readonly RefKey[] {
  if (state.restored.size === 0) return [];
  const stuck = [...state.forms].filter(
    ([key, form]) =>
      !state.kept.has(key) &&
      (listUnfit(state, form).length > 0 || listNames(form).some((to) => state.dropped.has(to))),
  );
  for (const [key] of stuck) {
    if (putBack(state, key)) continue;
    state.forms.delete(key);
    state.dropped.add(key);
    state.restored.add(key);
  }
  return stuck.map(([key]) => key);
}

function listNames(form: NormalForm): readonly RefKey[] {
  return listReferences({ ref: toRef(form), spec: form.spec }).map(({ to }) => toRefKey(to));
}

function listUnfit({ forms }: Restoration, form: NormalForm): readonly RefKey[] {
  const resource = { ref: toRef(form), spec: form.spec };
  return listMisfits(resource, (key) => forms.get(key)?.spec).flatMap(({ other, through = [] }) =>
    [other.ref, ...through].map(toRefKey),
  );
}
