import type { NormalForm } from '../core/contracts/normal-form.ts';
import { toRef } from '../core/contracts/normal-form.ts';
import type { Oid } from '../core/contracts/git.ts';
import type { Read } from '../core/contracts/read.ts';
import { compareRefs, parseRefKey, type Ref, type RefKey, toRefKey } from '../core/contracts/ref.ts';
import { admit } from '../core/plan/admit.ts';
import type { Recorded } from '../core/plan/planner.ts';
import { planZone, type ZonePlan } from '../core/plan/zone-plan.ts';
import { toPlatformRules } from '../core/plan/platform-rules.ts';
import { handlerOf } from './kind-lookup.ts';
import type { PolicyCase } from './policy-gate.ts';
import { indexAdmission, type TermState } from './term-state.ts';
import type { ZoneDeps } from './zone-deps.ts';

/** How many resources are observed at the same time. */
const OBSERVATION_WIDTH = 16;

export type AdmissionInput = {
  readonly revision: Oid;
  /** Everything that should be in this zone, last good forms of invalid resources included. */
  readonly desired: readonly NormalForm[];
  readonly heldBack: readonly RefKey[];
};

/** Judges a whole revision once and makes the judgement the one that key workers follow. */
export async function admitRevision(
  deps: ZoneDeps,
  term: TermState,
  input: AdmissionInput,
): Promise<void> {
  const previous = term.admission?.admission ?? null;
  const world = await readWorld(deps, input.desired);
  const plan = planZone({
    zone: deps.zone,
    desired: input.desired,
    ...world,
    now: deps.clock.now(),
    planners: Object.fromEntries([...deps.kinds].map(([kind, handler]) => [kind, handler.plan])),
    referencesOf: deps.referencesOf,
  });
  const rules = toPlatformRules(previous?.desired ?? input.desired);
  const judgement = await deps.policy.judge({
    zone: deps.zone,
    packs: rules.policies,
    cases: toCases(plan, input.desired, world.observed),
  });
  const admission = admit({
    ...input,
    sequence: (previous?.sequence ?? 0) + 1,
    plan,
    policyDigest: judgement.policyDigest,
    liveCount: [...world.observed.values()].filter((read) => read.state === 'present').length,
    deletionCapPercent: rules.deletionCapPercent,
    denied: judgement.denied,
  });
  await deps.store.admissions.admit(term.fence, admission);
  term.admission = indexAdmission(admission);
  deps.log.write({
    level: 'info',
    event: 'revision-admitted',
    message: `admitted ${admission.effects.length} effects, refused ${admission.refusals.length}`,
    fields: { zone: deps.zone, revision: input.revision, sequence: admission.sequence },
  });
}

type World = {
  readonly observed: ReadonlyMap<RefKey, Read<NormalForm>>;
  readonly recorded: ReadonlyMap<RefKey, Recorded>;
};

async function readWorld(deps: ZoneDeps, desired: readonly NormalForm[]): Promise<World> {
  const journal = await deps.store.journal.listRecorded();
  const recorded = new Map(journal.map((entry) => [toRefKey(entry.ref), entry.recorded]));
  const refs = await listKnownRefs(deps, desired, [...recorded.keys()]);
  const observed = new Map<RefKey, Read<NormalForm>>();
  for (let start = 0; start < refs.length; start += OBSERVATION_WIDTH) {
    const batch = refs.slice(start, start + OBSERVATION_WIDTH);
    const reads = await Promise.all(batch.map((ref) => observeSafely(deps, ref)));
    batch.forEach((ref, index) => {
      observed.set(toRefKey(ref), reads[index] as Read<NormalForm>);
    });
  }
  return { observed, recorded };
}

/** Desired, recorded or simply there: whatever this zone may have to do with. */
export async function listKnownRefs(
  deps: ZoneDeps,
  desired: readonly NormalForm[],
  recorded: readonly RefKey[],
): Promise<readonly Ref[]> {
  const lists = await Promise.all([...deps.kinds.values()].map((handler) => handler.list()));
  const refs = [...desired.map(toRef), ...lists.flat(), ...recorded.flatMap((k) => parseRefKey(k) ?? [])];
  const byKey = new Map(refs.map((ref) => [toRefKey(ref), ref]));
  return [...byKey.values()].sort(compareRefs);
}

async function observeSafely(deps: ZoneDeps, ref: Ref): Promise<Read<NormalForm>> {
  try {
    return (await handlerOf(deps.kinds, ref.kind).observe(ref)).read;
  } catch (error) {
    const why = error instanceof Error ? error.message : 'the observation failed';
    return { state: 'unknown', why };
  }
}

function toCases(
  plan: ZonePlan,
  desired: readonly NormalForm[],
  observed: ReadonlyMap<RefKey, Read<NormalForm>>,
): readonly PolicyCase[] {
  const forms = new Map(desired.map((form) => [toRefKey(toRef(form)), form]));
  return plan.effects.map((effect) => {
    const key = toRefKey(effect.ref);
    const read = observed.get(key);
    const oldObject = read?.state === 'present' ? read.value : null;
    return { effect, object: forms.get(key) ?? null, oldObject };
  });
}
