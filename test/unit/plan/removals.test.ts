import { describe, expect, it } from 'vitest';
import { digestJson } from '../../../reconciler/core/contracts/digest.ts';
import { type NormalForm, toRef } from '../../../reconciler/core/contracts/normal-form.ts';
import type { Read } from '../../../reconciler/core/contracts/read.ts';
import { toRefKey } from '../../../reconciler/core/contracts/ref.ts';
import type { Admission } from '../../../reconciler/core/plan/admission.ts';
import { assumeRecorded } from '../../../reconciler/core/plan/assume-recorded.ts';
import { PLANNERS } from '../../../reconciler/core/plan/planners/planners.ts';
import { toPlatformRules } from '../../../reconciler/core/plan/platform-rules.ts';
import { allowedDeletions, countRemovals } from '../../../reconciler/core/plan/removals.ts';
import { planZone } from '../../../reconciler/core/plan/zone-plan.ts';
import { ABSENT, present, referencesOf, targetForm } from './forms.ts';

const LIVE = [1, 2, 3, 4, 5].map((number) => targetForm(`target-${number}`, 1));
const KEYS = LIVE.map((form) => toRefKey(toRef(form)));
const UNKNOWN: Read<NormalForm> = { state: 'unknown', why: 'it did not answer' };

/** A revision that keeps only the last target; `reads` says what is seen of each. */
function removeFour(reads: readonly Read<NormalForm>[], previous: Admission | null = null) {
  const desired = LIVE.slice(4);
  const observed = new Map(KEYS.map((key, index) => [key, reads[index] as Read<NormalForm>]));
  const made = LIVE.filter((_form, index) => reads[index] !== ABSENT);
  const recorded = new Map(made.map((form) => [toRefKey(toRef(form)), assumeRecorded(form, 0)]));
  const world = { observed, recorded, desired };
  const plan = planZone({ ...world, zone: 'ae', now: 0, planners: PLANNERS, referencesOf });
  return countRemovals({
    ...world,
    revision: 'b'.repeat(40),
    plan,
    previous,
    deletionCapPercent: 40,
  });
}

function admissionOf(change: Partial<Admission>): Admission {
  return {
    sequence: 1,
    revision: 'a'.repeat(40),
    planDigest: digestJson('plan'),
    policyDigest: digestJson('policy'),
    desired: LIVE,
    heldBack: [],
    effects: [],
    refusals: [],
    rules: toPlatformRules([]),
    removals: { refs: [], liveCount: 5, allowed: 2 },
    ...change,
  };
}

describe('removals', () => {
  it.each([
    [100, 0, 0],
    [3, 20, 1],
    [100, 20, 20],
    [10, 100, 10],
  ])('of %i live resources a cap of %i percent allows %i', (live, cap, allowed) => {
    expect(allowedDeletions(live, cap)).toBe(allowed);
  });

  it('are counted when they are seen', () => {
    const removals = removeFour(LIVE.map(present));
    expect(removals).toEqual({ refs: KEYS.slice(0, 4), liveCount: 5, allowed: 2 });
  });

  it('are counted when nobody can look at them just now', () => {
    const reads = [UNKNOWN, UNKNOWN, UNKNOWN, ...LIVE.slice(3).map(present)];
    expect(removeFour(reads)).toEqual({ refs: KEYS.slice(0, 4), liveCount: 5, allowed: 2 });
  });

  it('are counted when an earlier admission may be making them at this moment', () => {
    const reads = [ABSENT, ABSENT, ABSENT, ABSENT, present(LIVE[4] as NormalForm)];
    const effects = LIVE.slice(0, 4).map((form) => ({
      ref: toRef(form),
      action: 'create',
      targetDigest: digestJson(form),
    }));
    expect(removeFour(reads, admissionOf({ effects })).refs).toEqual(KEYS.slice(0, 4));
    expect(removeFour(reads, admissionOf({})).refs).toEqual([]);
  });

  it('of a revision that is judged again are counted together, within the first budget', () => {
    const reads = [ABSENT, ABSENT, ...LIVE.slice(2).map(present)];
    const removals = { refs: KEYS.slice(0, 2), liveCount: 5, allowed: 2 };
    const again = admissionOf({ revision: 'b'.repeat(40), removals });
    expect(removeFour(reads, again)).toEqual({ ...removals, refs: KEYS.slice(0, 4) });
    const other = admissionOf({ removals });
    expect(removeFour(reads, other)).toEqual({ refs: KEYS.slice(2, 4), liveCount: 3, allowed: 1 });
  });
});
