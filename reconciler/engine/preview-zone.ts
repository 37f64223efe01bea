import { digestJson } from '../core/contracts/digest.ts';
import { type Instant, toRfc3339 } from '../core/contracts/instant.ts';
import { type NormalForm, toRef } from '../core/contracts/normal-form.ts';
import type { Read } from '../core/contracts/read.ts';
import { parseRefKey, type Ref, type RefKey, toRefKey } from '../core/contracts/ref.ts';
import { findHold, indexHolds, listHolds } from '../core/holds/hold.ts';
import { assumeRecorded } from '../core/plan/assume-recorded.ts';
import { chooseDesired } from '../core/plan/choose-desired.ts';
import type { Planner, Recorded } from '../core/plan/planner.ts';
import { toPlatformRules } from '../core/plan/platform-rules.ts';
import type { HeldResource, PlanView } from '../core/plan/render-plan-text.ts';
import type { ZonePlan } from '../core/plan/zone-plan.ts';
import { listPolicies } from '../core/policy/to-policy.ts';
import type { RevisionJudgement } from '../core/spec/judge-revision.ts';
import { toPrintable } from '../core/spec/printable.ts';
import { judgeAdmission } from './judge-admission.ts';
import type { PolicyGate } from './policy-gate.ts';

export type PreviewDeps = {
  readonly now: Instant;
  readonly planners: Readonly<Record<string, Planner>>;
  readonly referencesOf: (form: NormalForm) => readonly Ref[];
  readonly policy: PolicyGate;
  /** What the ledger says is live, or null without a ledger. */
  readonly readLive: (zone: string) => Promise<readonly NormalForm[] | null>;
};

/** What a revision would do in one zone, by the judgement that would admit it. */
export async function previewZone(
  deps: PreviewDeps,
  judgement: RevisionJudgement,
  revision: string,
  zone: string,
): Promise<PlanView> {
  const ledger = await deps.readLive(zone);
  const live = new Map((ledger ?? []).map((form) => [toRefKey(toRef(form)), form]));
  const { desired, heldBack } = chooseDesired(zone, judgement, live);
  const inForce = ledger === null || ledger.length === 0 ? desired : ledger;
  const result = await judgeAdmission({
    zone,
    revision,
    desired,
    heldBack,
    previous: null,
    world: toWorld(desired, live, deps.now),
    now: deps.now,
    planners: deps.planners,
    referencesOf: deps.referencesOf,
    policy: deps.policy,
    rules: toPlatformRules(inForce),
    policies: listPolicies(inForce),
  });
  const held = [
    ...heldBack.flatMap((key) => describeHeld(judgement, live, key)),
    ...describePaused(result.plan, desired, live, deps.now),
  ];
  const observedFrom = ledger === null ? 'no ledger yet' : 'live as the ledger says';
  return { ...result, held, observedFrom };
}

/** What a hold keeps from changing, with the hold's own words. */
function describePaused(
  { waiting }: ZonePlan,
  desired: readonly NormalForm[],
  live: ReadonlyMap<RefKey, NormalForm>,
  now: Instant,
): readonly HeldResource[] {
  const holds = indexHolds(listHolds(desired));
  return waiting.flatMap(({ ref, waiting: reasons }) => {
    const hold = findHold(holds, ref, now);
    const reason = reasons.at(-1);
    if (hold === null || reason === undefined) return [];
    const why = `${reason.on}, until ${toRfc3339(hold.until)}`;
    return [{ ref, why, isLive: live.has(toRefKey(ref)) }];
  });
}

function describeHeld(
  judgement: RevisionJudgement,
  live: ReadonlyMap<RefKey, NormalForm>,
  key: RefKey,
): readonly HeldResource[] {
  const ref = parseRefKey(key);
  if (ref === null) return [];
  const isLive = live.has(key);
  const found = judgement.heldBack.find((one) => toRefKey(one.ref) === key);
  if (found !== undefined) return [{ ref, why: found.why, isLive }];
  const uncarried = judgement.valid.find((one) => toRefKey(one.ref) === key)?.uncarried;
  if (uncarried !== undefined) return [{ ref, why: uncarried, isLive }];
  const [path] = judgement.uncertainPaths;
  const mayBeThere =
    path !== undefined && !judgement.valid.some((one) => toRefKey(one.ref) === key);
  const why = mayBeThere
    ? `it may be described in ${toPrintable(path)}, which cannot be read`
    : 'it has to fit what is held back';
  return [{ ref, why, isLive }];
}

function toWorld(
  desired: readonly NormalForm[],
  live: ReadonlyMap<RefKey, NormalForm>,
  now: Instant,
) {
  const observed = new Map<RefKey, Read<NormalForm>>();
  const recorded = new Map<RefKey, Recorded>();
  for (const form of desired) observed.set(toRefKey(toRef(form)), { state: 'absent' });
  for (const [key, form] of live) {
    observed.set(key, { state: 'present', value: form, observedDigest: digestJson(form) });
    recorded.set(key, assumeRecorded(form, now));
  }
  return { observed, recorded };
}
