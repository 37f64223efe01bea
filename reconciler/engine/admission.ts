import { toCanonicalJson } from '../core/contracts/canonical-json.ts';
import type { Oid } from '../core/contracts/git.ts';
import type { JsonObject } from '../core/contracts/json.ts';
import type { NormalForm } from '../core/contracts/normal-form.ts';
import { toRef } from '../core/contracts/normal-form.ts';
import type { Read } from '../core/contracts/read.ts';
import {
  compareRefs,
  parseRefKey,
  type Ref,
  type RefKey,
  toRefKey,
} from '../core/contracts/ref.ts';
import type { Admission, AdmittedApproval } from '../core/plan/admission.ts';
import type { Planner } from '../core/plan/planner.ts';
import { type PlatformRules, toPlatformRules } from '../core/plan/platform-rules.ts';
import type { Policy } from '../core/policy/policy.ts';
import { listPolicies } from '../core/policy/to-policy.ts';
import type { KindTable } from '../ports/kind-handler.ts';
import { judgeAdmission, type World } from './judge-admission.ts';
import { listInTime, observeFenced } from './observation.ts';
import { readMany } from './read-many.ts';
import { indexAdmission, type TermState } from './term-state.ts';
import type { ZoneDeps } from './zone-deps.ts';

export type AdmissionInput = {
  readonly revision: Oid;
  /** Everything that should be in this zone, last good forms of invalid resources included. */
  readonly desired: readonly NormalForm[];
  readonly heldBack: readonly RefKey[];
  readonly approval: AdmittedApproval | undefined;
};

/**
 * Judges a whole revision and makes the judgement the one that key workers follow. False when the
 * same revision was judged the same before: then nothing is written.
 */
export async function admitRevision(
  deps: ZoneDeps,
  term: TermState,
  input: AdmissionInput,
): Promise<boolean> {
  const previous = term.admission?.admission ?? null;
  const { approval, ...judged } = input;
  const { admission: bare } = await judgeAdmission({
    ...judged,
    zone: deps.zone,
    previous,
    ...chooseRules(previous, input),
    world: await readWorld(deps, term, input.desired),
    now: deps.clock.now(),
    planners: toPlanners(deps.kinds),
    referencesOf: deps.referencesOf,
    policy: deps.policy,
  });
  const admission: Admission = approval === undefined ? bare : { ...bare, approval };
  if (previous !== null && isSameJudgement(previous, admission)) return false;
  await deps.store.admissions.admit(term.fence, admission);
  term.admission = indexAdmission(admission);
  deps.log.write({
    level: 'info',
    event: 'revision-admitted',
    message: `admitted ${admission.effects.length} effects, refused ${admission.refusals.length}`,
    fields: { zone: deps.zone, revision: input.revision, sequence: admission.sequence },
  });
  return true;
}

function isSameJudgement(previous: Admission, admission: Admission): boolean {
  const toText = ({ revision, policyDigest, effects, refusals, removals }: Admission) =>
    toCanonicalJson({ revision, policyDigest, effects, refusals, removals });
  return toText(previous) === toText(admission);
}

/** A revision never loosens the rules it is judged by itself, neither at first nor later on. */
function chooseRules(
  previous: Admission | null,
  input: AdmissionInput,
): { readonly rules: PlatformRules; readonly policies: readonly Policy[] } {
  if (previous?.revision === input.revision) {
    return { rules: previous.rules, policies: previous.policies ?? [] };
  }
  const inForce = previous?.desired ?? input.desired;
  return { rules: toPlatformRules(inForce), policies: listPolicies(inForce) };
}

function toPlanners(kinds: KindTable): Readonly<Record<string, Planner>> {
  return Object.fromEntries([...kinds].map(([kind, handler]) => [kind, handler.plan]));
}

async function readWorld(
  deps: ZoneDeps,
  term: TermState,
  desired: readonly NormalForm[],
): Promise<World> {
  const journal = await deps.store.journal.listRecorded();
  const recorded = new Map(journal.map((entry) => [toRefKey(entry.ref), entry.recorded]));
  const refs = await listKnownRefs(deps, desired, [...recorded.keys()]);
  const seen = await readMany(deps.clock, refs, async (ref) => {
    const { read, facts = {} } = await observeFenced(deps, term, ref);
    return { key: toRefKey(ref), read, facts };
  });
  return {
    observed: new Map<RefKey, Read<NormalForm>>(seen.map(({ key, read }) => [key, read])),
    facts: new Map<RefKey, JsonObject>(seen.map(({ key, facts }) => [key, facts])),
    recorded,
  };
}

/** Desired, recorded or simply there: whatever this zone may have to do with. */
export async function listKnownRefs(
  deps: ZoneDeps,
  desired: readonly NormalForm[],
  recorded: readonly RefKey[],
): Promise<readonly Ref[]> {
  const handlers = [...deps.kinds.values()];
  const lists = await Promise.all(handlers.map((handler) => listInTime(deps, handler)));
  const refs = [
    ...desired.map(toRef),
    ...lists.flat(),
    ...recorded.flatMap((k) => parseRefKey(k) ?? []),
  ];
  const byKey = new Map(refs.map((ref) => [toRefKey(ref), ref]));
  return [...byKey.values()].sort(compareRefs);
}
