import { type NormalForm, toRef } from '../contracts/normal-form.ts';
import { type RefKey, toRefKey } from '../contracts/ref.ts';
import { listReferences } from './references.ts';

/**
 * A last good form may name what the revision has removed, or has moved to another zone. Then
 * that stays at its last good form too, or the kept one would stand on nothing. Gives `desired`
 * with such resources put back, sorted by key, and the keys that were.
 *
 * It ends because each step puts one more resource back, and what was admitted together fits
 * together.
 */
export function restoreReferences(
  desired: readonly NormalForm[],
  kept: Iterable<RefKey>,
  lastGood: ReadonlyMap<RefKey, NormalForm>,
): { readonly desired: readonly NormalForm[]; readonly restored: readonly RefKey[] } {
  const forms = new Map(desired.map((form) => [toRefKey(toRef(form)), form]));
  const queue = [...kept].sort();
  const isKept = new Set(queue);
  const restored: RefKey[] = [];
  for (const key of queue) {
    const form = forms.get(key);
    if (form === undefined) continue;
    for (const { to, sameZone } of listReferences({ ref: toRef(form), spec: form.spec })) {
      const target = toRefKey(to);
      const last = lastGood.get(target);
      if (last === undefined || isKept.has(target)) continue;
      if (!isLost(forms.get(target), last, sameZone)) continue;
      forms.set(target, last);
      isKept.add(target);
      restored.push(target);
      queue.push(target);
    }
  }
  const sorted = [...forms].sort(([left], [right]) => (left < right ? -1 : 1));
  return { desired: sorted.map(([, form]) => form), restored: restored.sort() };
}

function isLost(now: NormalForm | undefined, last: NormalForm, sameZone: boolean): boolean {
  return now === undefined || (sameZone && now.spec['zone'] !== last.spec['zone']);
}
