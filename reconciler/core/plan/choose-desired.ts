import { type NormalForm, toRef } from '../contracts/normal-form.ts';
import { type RefKey, toRefKey } from '../contracts/ref.ts';
import { isPlacedIn } from '../graph/placement.ts';
import { restoreReferences } from '../graph/restore-references.ts';
import type { RevisionJudgement } from '../spec/judge-revision.ts';

export type ChosenDesired = {
  readonly desired: readonly NormalForm[];
  /** What of this zone is not as the revision says. */
  readonly heldBack: readonly RefKey[];
};

/**
 * What one zone should be under a revision. An invalid resource, and what depends on it, stays at
 * its last good form, and so does one that needs what nothing carries between zones. While it is unknown what some document describes, whatever is missing may be
 * in it, so nothing is taken for removed.
 */
export function chooseDesired(
  zone: string,
  judgement: RevisionJudgement,
  lastGood: ReadonlyMap<RefKey, NormalForm>,
): ChosenDesired {
  const placed = judgement.valid.filter(({ placement }) => isPlacedIn(placement, zone));
  const uncarried = placed.filter((one) => one.uncarried !== undefined);
  const valid = placed.filter((one) => one.uncarried === undefined).map(({ form }) => form);
  const keys = new Set(valid.map((form) => toRefKey(toRef(form))));
  const held = new Set([...judgement.heldBack, ...uncarried].map(({ ref }) => toRefKey(ref)));
  const isUncertain = judgement.uncertainPaths.length > 0;
  const kept = [...lastGood].filter(([key]) => !keys.has(key) && (held.has(key) || isUncertain));
  const keptKeys = kept.map(([key]) => key);
  const together = [...valid, ...kept.map(([, form]) => form)];
  const { desired, restored } = restoreReferences(together, keptKeys, lastGood);
  const own = [...judgement.heldBack, ...uncarried]
    .filter(({ placement }) => isPlacedIn(placement, zone))
    .map(({ ref }) => toRefKey(ref));
  return { desired, heldBack: [...new Set([...own, ...keptKeys, ...restored])].sort() };
}
