import type { Oid } from '../core/contracts/git.ts';
import { type Instant, toRfc3339 } from '../core/contracts/instant.ts';
import type { JsonObject } from '../core/contracts/json.ts';
import { type NormalForm, toRef } from '../core/contracts/normal-form.ts';
import type { Read } from '../core/contracts/read.ts';
import { type Ref, type RefKey, toRefKey } from '../core/contracts/ref.ts';
import { isExpired, listHolds } from '../core/holds/hold.ts';
import type { Admission } from '../core/plan/admission.ts';
import { admit } from '../core/plan/admit.ts';
import type { Planner, Recorded } from '../core/plan/planner.ts';
import type { PlatformRules } from '../core/plan/platform-rules.ts';
import { countRemovals } from '../core/plan/removals.ts';
import { planZone, type ZonePlan } from '../core/plan/zone-plan.ts';
import type { Policy } from '../core/policy/policy.ts';
import type { PolicyCase, PolicyGate } from './policy-gate.ts';

/** What is there and what was done, by resource. */
export type World = {
  readonly observed: ReadonlyMap<RefKey, Read<NormalForm>>;
  readonly facts?: ReadonlyMap<RefKey, JsonObject>;
  readonly recorded: ReadonlyMap<RefKey, Recorded>;
};

export type JudgementInput = {
  readonly zone: string;
  readonly revision: Oid;
  readonly desired: readonly NormalForm[];
  readonly heldBack: readonly RefKey[];
  readonly previous: Admission | null;
  /** What was in force before, not what is judged. */
  readonly rules: PlatformRules;
  /** Likewise. */
  readonly policies: readonly Policy[];
  readonly world: World;
  readonly now: Instant;
  readonly planners: Readonly<Record<string, Planner>>;
  readonly referencesOf: (form: NormalForm) => readonly Ref[];
  readonly policy: PolicyGate;
};

export type AdmissionJudgement = {
  readonly plan: ZonePlan;
  readonly admission: Admission;
  readonly warnings: readonly string[];
};

/** Plan, policy and caps over a whole revision: the same for a preview and for the real thing. */
export async function judgeAdmission(input: JudgementInput): Promise<AdmissionJudgement> {
  const { zone, revision, desired, heldBack, previous, rules, world } = input;
  const plan = planZone({ ...input, ...world });
  const cases = toCases(plan, desired, world.observed);
  const judgement = await input.policy.judge({
    zone,
    packs: rules.policies,
    policies: input.policies,
    cases,
  });
  const admission = admit({
    sequence: (previous?.sequence ?? 0) + 1,
    revision,
    plan,
    policyDigest: judgement.policyDigest,
    desired,
    heldBack,
    rules,
    ...(input.policies.length === 0 ? {} : { policies: input.policies }),
    removals: countRemovals({ ...input, ...world, ...rules, plan }),
    denied: judgement.denied,
  });
  return { plan, admission, warnings: [...judgement.warnings, ...listExpired(desired, input.now)] };
}

/** Validation reads no clock, so that a hold is over is said here. */
function listExpired(desired: readonly NormalForm[], now: Instant): readonly string[] {
  return listHolds(desired)
    .filter((hold) => isExpired(hold, now))
    .map(({ name, until }) => `hold ${name} ended at ${toRfc3339(until)} and is without effect`);
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
