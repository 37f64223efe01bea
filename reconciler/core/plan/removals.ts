import type { Oid } from '../contracts/git.ts';
import { type NormalForm, toRef } from '../contracts/normal-form.ts';
import type { Read } from '../contracts/read.ts';
import { type RefKey, toRefKey } from '../contracts/ref.ts';
import { directionOf } from './actions.ts';
import type { Admission, Removals } from './admission.ts';
import type { Recorded } from './planner.ts';
import { isLive } from './settled.ts';
import type { ZonePlan } from './zone-plan.ts';

export type RemovalsInput = {
  readonly revision: Oid;
  readonly plan: ZonePlan;
  readonly desired: readonly NormalForm[];
  readonly observed: ReadonlyMap<RefKey, Read<NormalForm>>;
  readonly recorded: ReadonlyMap<RefKey, Recorded>;
  readonly previous: Admission | null;
  readonly deletionCapPercent: number;
};

/**
 * What a revision takes away, seen or not: what the journal says is there, though nobody can look
 * at it just now, and what an earlier admission may be making at this moment. A revision
 * that is judged again has one budget for all its judgements; otherwise whatever shows itself late
 * would be judged alone, and a revision could remove everything bit by bit.
 */
export function countRemovals(input: RemovalsInput): Removals {
  const { previous } = input;
  const earlier = previous?.revision === input.revision ? previous.removals : null;
  const wanted = new Set(input.desired.map((form) => toRefKey(toRef(form))));
  const present = [...input.observed].filter(([, read]) => read.state === 'present');
  const recordedLive = [...input.recorded].filter(([, recorded]) => isLive(recorded));
  const live = new Set([...present, ...recordedLive].map(([key]) => key));
  const coming = (previous?.effects ?? [])
    .filter((effect) => directionOf(effect.action) === 'converge')
    .map((effect) => toRefKey(effect.ref));
  const planned = input.plan.effects
    .filter((effect) => directionOf(effect.action) === 'remove')
    .map((effect) => toRefKey(effect.ref));
  const leaving = [...recordedLive.map(([key]) => key), ...coming].filter(
    (key) => !wanted.has(key),
  );
  const refs = [...new Set([...(earlier?.refs ?? []), ...planned, ...leaving])].sort();
  if (earlier !== null) return { ...earlier, refs };
  const allowed = allowedDeletions(live.size, input.deletionCapPercent);
  return { refs, liveCount: live.size, allowed };
}

/** At least one while the cap is above zero, or a small platform could never remove anything. */
export function allowedDeletions(liveCount: number, capPercent: number): number {
  if (capPercent === 0) return 0;
  return Math.max(1, Math.floor((liveCount * capPercent) / 100));
}
