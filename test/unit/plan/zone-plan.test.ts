import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestJson } from '../../../reconciler/core/contracts/digest.ts';
import { type NormalForm, toRef } from '../../../reconciler/core/contracts/normal-form.ts';
import type { Read } from '../../../reconciler/core/contracts/read.ts';
import { type RefKey, toRefKey } from '../../../reconciler/core/contracts/ref.ts';
import { directionOf } from '../../../reconciler/core/plan/actions.ts';
import { assumeRecorded } from '../../../reconciler/core/plan/assume-recorded.ts';
import type { Effect } from '../../../reconciler/core/plan/effect.ts';
import type { Recorded } from '../../../reconciler/core/plan/planner.ts';
import { PLANNERS } from '../../../reconciler/core/plan/planners/planners.ts';
import { digestPlan, planZone } from '../../../reconciler/core/plan/zone-plan.ts';
import { ABSENT, environmentForm, present, referencesOf, targetForm } from './forms.ts';

type World = ReadonlyMap<RefKey, NormalForm>;

function planFrom(desired: readonly NormalForm[], live: World, readReferences = referencesOf) {
  const observed = new Map<RefKey, Read<NormalForm>>();
  const recorded = new Map<RefKey, Recorded>();
  for (const form of desired) observed.set(toRefKey(toRef(form)), ABSENT);
  for (const [key, form] of live) {
    observed.set(key, present(form));
    recorded.set(key, assumeRecorded(form, 0));
  }
  const inputs = { zone: 'ae', desired, observed, recorded, now: 0 };
  return planZone({ ...inputs, planners: PLANNERS, referencesOf: readReferences });
}

function applyAll(effects: readonly Effect[], live: World): World {
  const after = new Map(live);
  for (const effect of effects) {
    const key = toRefKey(effect.ref);
    if (directionOf(effect.action) === 'remove') after.delete(key);
    else after.set(key, effect.target as NormalForm);
  }
  return after;
}

const worldArbitrary = fc
  .record({
    targets: fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.nat({ max: 4 })), {
      selector: ([name]) => name,
    }),
    environments: fc.uniqueArray(fc.integer({ min: 0, max: 3 })),
  })
  .map(({ targets, environments }) => {
    const names = targets.map(([name]) => `target-${name}`);
    return [
      ...targets.map(([name, slots]) => targetForm(`target-${name}`, slots)),
      ...environments.map((name) => environmentForm(`environment-${name}`, names)),
    ];
  });

const shuffledArbitrary = worldArbitrary.chain((forms) =>
  fc.tuple(
    fc.constant(forms),
    fc.shuffledSubarray(forms, { minLength: forms.length, maxLength: forms.length }),
  ),
);

const toWorld = (forms: readonly NormalForm[]): World =>
  new Map(forms.map((form) => [toRefKey(toRef(form)), form]));

describe('the plan of a zone', () => {
  it('is empty once it was applied', () => {
    fc.assert(
      fc.property(worldArbitrary, worldArbitrary, (desired, before) => {
        const { effects } = planFrom(desired, toWorld(before));
        const after = applyAll(effects, toWorld(before));
        expect(planFrom(desired, after).effects).toEqual([]);
        expect(digestJson([...after.keys()].sort())).toBe(
          digestJson([...toWorld(desired).keys()].sort()),
        );
      }),
    );
  });

  it('does not depend on the order of documents', () => {
    fc.assert(
      fc.property(shuffledArbitrary, worldArbitrary, ([to, shuffled], from) => {
        const one = planFrom(to, toWorld(from));
        const other = planFrom(shuffled, toWorld([...from].reverse()));
        expect(digestPlan(other)).toBe(digestPlan(one));
        expect(other.effects).toEqual(one.effects);
      }),
    );
  });

  it('never has a cycle of dependencies, and depends only on its own effects', () => {
    fc.assert(
      fc.property(worldArbitrary, worldArbitrary, (desired, before) => {
        const { effects } = planFrom(desired, toWorld(before));
        const done = new Set<string>();
        for (let round = 0; round < effects.length; round += 1) {
          for (const effect of effects) {
            if (effect.dependsOn.every((id) => done.has(id))) done.add(effect.id);
          }
        }
        expect(done.size).toBe(effects.length);
      }),
    );
  });

  it('puts targets before the environments that use them, and removes them after', () => {
    const target = targetForm('laptop', 1);
    const environment = environmentForm('dev', ['laptop']);
    const into = planFrom([target, environment], new Map()).effects;
    const created = (kind: string) => into.find((effect) => effect.ref.kind === kind);
    expect(created('Environment')?.dependsOn).toEqual([created('Target')?.id]);
    const out = planFrom([], toWorld([target, environment])).effects;
    const removed = (kind: string) => out.find((effect) => effect.ref.kind === kind);
    expect(removed('Target')?.dependsOn).toEqual([removed('Environment')?.id]);
  });

  it('asks each live resource once what it refers to, however many go', () => {
    const names = Array.from({ length: 200 }, (_, index) => `target-${index}`);
    const forms = names.map((name) => environmentForm(name, ['target-1']));
    let asked = 0;
    const live = new Map(forms.map((form) => [toRefKey(toRef(form)), form]));
    const plan = planFrom([], live, (form) => {
      asked += 1;
      return referencesOf(form);
    });
    expect(plan.effects).toHaveLength(200);
    expect(asked).toBe(200);
  });
});
