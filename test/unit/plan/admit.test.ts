import { describe, expect, it } from 'vitest';
import { digestJson } from '../../../reconciler/core/contracts/digest.ts';
import { toRef } from '../../../reconciler/core/contracts/normal-form.ts';
import { toRefKey } from '../../../reconciler/core/contracts/ref.ts';
import { admit, isAdmitted } from '../../../reconciler/core/plan/admit.ts';
import { assumeRecorded } from '../../../reconciler/core/plan/assume-recorded.ts';
import { PLANNERS } from '../../../reconciler/core/plan/planners/planners.ts';
import { toPlatformRules } from '../../../reconciler/core/plan/platform-rules.ts';
import { planZone } from '../../../reconciler/core/plan/zone-plan.ts';
import { ABSENT, present, referencesOf, targetForm } from './forms.ts';

const LIVE = [1, 2, 3, 4, 5].map((number) => targetForm(`target-${number}`, 1));

function planRemovalOf(count: number) {
  const desired = LIVE.slice(count);
  return planZone({
    zone: 'ae',
    desired,
    observed: new Map(LIVE.map((form) => [toRefKey(toRef(form)), present(form)])),
    recorded: new Map(LIVE.map((form) => [toRefKey(toRef(form)), assumeRecorded(form, 0)])),
    now: 0,
    planners: PLANNERS,
    referencesOf,
  });
}

function admitRemovalOf(count: number, allowed: number) {
  return admit({
    sequence: 1,
    revision: 'a'.repeat(40),
    plan: planRemovalOf(count),
    policyDigest: digestJson('policy'),
    desired: LIVE.slice(count),
    heldBack: [],
    rules: toPlatformRules([]),
    removals: {
      refs: LIVE.slice(0, count).map((form) => toRefKey(toRef(form))),
      liveCount: 5,
      allowed,
    },
    denied: new Map(),
  });
}

describe('admission', () => {
  it('admits removals within the cap', () => {
    expect(admitRemovalOf(2, 2)).toMatchObject({ effects: [{}, {}], refusals: [] });
  });

  it('refuses all removals of a revision that exceeds the cap, and says by how much', () => {
    const admission = admitRemovalOf(3, 2);
    expect(admission.effects).toEqual([]);
    expect(admission.refusals).toHaveLength(3);
    expect(admission.refusals[0]).toMatchObject({ code: 'P302' });
    expect(admission.refusals[0]?.message).toContain('removes 3 of 5 live resources');
  });

  it('refuses what policy denies and admits the rest', () => {
    const plan = planZone({
      zone: 'ae',
      desired: LIVE,
      observed: new Map(LIVE.map((form) => [toRefKey(toRef(form)), ABSENT])),
      recorded: new Map(),
      now: 0,
      planners: PLANNERS,
      referencesOf,
    });
    const refused = plan.effects[2];
    const admission = admit({
      sequence: 1,
      revision: 'a'.repeat(40),
      plan,
      policyDigest: digestJson('policy'),
      desired: LIVE,
      heldBack: [],
      rules: toPlatformRules([]),
      removals: { refs: [], liveCount: 0, allowed: 0 },
      denied: new Map([[refused?.id ?? '', { code: 'P301' as const, message: 'too many slots' }]]),
    });
    expect(admission.refusals).toMatchObject([{ ref: refused?.ref, code: 'P301' }]);
    expect(admission.effects).toHaveLength(4);
  });

  it('lets a creation stand for an update to the same form, but no removal for another', () => {
    const [effect] = planRemovalOf(1).effects;
    if (effect === undefined) throw new Error('the plan has no effect');
    const admitted = { ref: effect.ref, action: 'delete', targetDigest: effect.targetDigest };
    expect(isAdmitted(effect, [admitted])).toBe(true);
    expect(isAdmitted(effect, [{ ...admitted, action: 'retire' }])).toBe(false);
    const create = { ...effect, action: 'create' };
    expect(isAdmitted(create, [{ ...admitted, action: 'update' }])).toBe(true);
    expect(isAdmitted(create, [{ ...admitted, targetDigest: digestJson('other') }])).toBe(false);
    expect(isAdmitted({ ...create, class: 'self-heal' }, [])).toBe(true);
  });
});
