import { type Digest, digestJson } from '../contracts/digest.ts';
import type { Instant } from '../contracts/instant.ts';
import type { JsonObject } from '../contracts/json.ts';
import type { NormalForm } from '../contracts/normal-form.ts';
import { toRef } from '../contracts/normal-form.ts';
import type { Read } from '../contracts/read.ts';
import { compareRefs, parseRefKey, type Ref, type RefKey, toRefKey } from '../contracts/ref.ts';
import { applyHold } from '../holds/apply-hold.ts';
import { findHold, indexHolds, listHolds } from '../holds/hold.ts';
import type { Condition } from '../status/condition.ts';
import { directionOf } from './actions.ts';
import type { Effect, EffectId } from './effect.ts';
import { NOTHING_RECORDED, type Planner, type Recorded, type Waiting } from './planner.ts';

/** Everything a zone's plan is a function of. */
export type ZonePlanInput = {
  readonly zone: string;
  readonly desired: readonly NormalForm[];
  readonly observed: ReadonlyMap<RefKey, Read<NormalForm>>;
  readonly facts?: ReadonlyMap<RefKey, JsonObject>;
  readonly recorded: ReadonlyMap<RefKey, Recorded>;
  readonly now: Instant;
  readonly planners: Readonly<Record<string, Planner>>;
  readonly referencesOf: (form: NormalForm) => readonly Ref[];
};

export type ZonePlan = {
  readonly zone: string;
  readonly effects: readonly Effect[];
  readonly waiting: readonly { readonly ref: Ref; readonly waiting: readonly Waiting[] }[];
  readonly conditions: readonly { readonly ref: Ref; readonly conditions: readonly Condition[] }[];
};

/** The whole plan of a zone: each kind's planner on its own, then the order between effects. */
export function planZone(input: ZonePlanInput): ZonePlan {
  const desired = new Map(input.desired.map((form) => [toRefKey(toRef(form)), form]));
  const holds = indexHolds(listHolds(input.desired));
  const results = listRefs(input, desired).map((ref) => {
    const hold = findHold(holds, ref, input.now);
    return { ref, ...applyHold(planOne(input, desired, ref), hold) };
  });
  const effects = results.flatMap((result) => result.effects);
  return {
    zone: input.zone,
    effects: linkDependencies(effects, input, desired),
    waiting: results
      .map(({ ref, waiting }) => ({ ref, waiting }))
      .filter((w) => w.waiting.length > 0),
    conditions: results.map(({ ref, conditions }) => ({ ref, conditions })),
  };
}

/** The identity of what would be done, for causes and comparisons. */
export function digestPlan(plan: ZonePlan): Digest {
  return digestJson({
    zone: plan.zone,
    effects: plan.effects.map((effect) => ({
      ref: toRefKey(effect.ref),
      action: effect.action,
      targetDigest: effect.targetDigest,
    })),
  });
}

function listRefs(input: ZonePlanInput, desired: ReadonlyMap<RefKey, NormalForm>): readonly Ref[] {
  const keys = new Set([...desired.keys(), ...input.observed.keys(), ...input.recorded.keys()]);
  const refs = [...keys].flatMap((key) => parseRefKey(key) ?? []);
  return refs.sort(compareRefs);
}

function planOne(input: ZonePlanInput, desired: ReadonlyMap<RefKey, NormalForm>, ref: Ref) {
  const key = toRefKey(ref);
  const planner = input.planners[ref.kind];
  if (planner === undefined) throw new Error(`no planner for the kind ${ref.kind}`);
  return planner({
    ref,
    desired: desired.get(key) ?? null,
    observed: input.observed.get(key) ?? { state: 'unknown', why: 'it was not observed' },
    facts: input.facts?.get(key) ?? {},
    recorded: input.recorded.get(key) ?? NOTHING_RECORDED,
    now: input.now,
    context: {
      zone: input.zone,
      isWholePlan: true,
      dependencies: [],
      dependenciesChangedAt: null,
      unsettledDependencies: [],
      liveDependents: [],
    },
  });
}

/**
 * Planners are asked as if nothing stood in the way, so that a plan shows everything; what must
 * come first is then said by `dependsOn`, along references on the way in and against them on the
 * way out.
 */
function linkDependencies(
  effects: readonly Effect[],
  input: ZonePlanInput,
  desired: ReadonlyMap<RefKey, NormalForm>,
): readonly Effect[] {
  const idOf = new Map<RefKey, EffectId>(
    effects.map((effect) => [toRefKey(effect.ref), effect.id]),
  );
  const dependents = listLeavingDependents(effects, input);
  return effects.map((effect) => {
    const key = toRefKey(effect.ref);
    const firsts =
      directionOf(effect.action) === 'converge'
        ? input.referencesOf(desired.get(key) as NormalForm)
        : (dependents.get(key) ?? []);
    const dependsOn = firsts.flatMap((ref) => idOf.get(toRefKey(ref)) ?? []).sort();
    return { ...effect, dependsOn };
  });
}

/** By resource, what leaves with it and refers to it. */
function listLeavingDependents(
  effects: readonly Effect[],
  input: ZonePlanInput,
): ReadonlyMap<RefKey, readonly Ref[]> {
  const dependents = new Map<RefKey, Ref[]>();
  for (const { ref, action } of effects) {
    const read = input.observed.get(toRefKey(ref));
    if (directionOf(action) !== 'remove' || read?.state !== 'present') continue;
    for (const key of new Set(input.referencesOf(read.value).map(toRefKey))) {
      const known = dependents.get(key);
      if (known === undefined) dependents.set(key, [ref]);
      else known.push(ref);
    }
  }
  return dependents;
}
