import type { Instant } from '../core/contracts/instant.ts';
import type { NormalForm } from '../core/contracts/normal-form.ts';
import type { Read } from '../core/contracts/read.ts';
import { type Ref, toRefKey } from '../core/contracts/ref.ts';
import type { PlanContext } from '../core/plan/planner.ts';
import { isLive, isSettled } from '../core/plan/settled.ts';
import type { IndexedAdmission } from './term-state.ts';
import type { ZoneDeps } from './zone-deps.ts';

/** What stands around one resource: what must come before it, or go before it. */
export async function readContext(
  deps: ZoneDeps,
  admission: IndexedAdmission,
  ref: Ref,
  observed: Read<NormalForm>,
): Promise<PlanContext> {
  const desired = admission.desired.get(toRefKey(ref)) ?? null;
  // Only what is there can go, and looking for its dependents reads the whole journal.
  const isLeaving = desired === null && observed.state === 'present';
  return {
    zone: deps.zone,
    isWholePlan: false,
    ...(await lookAtDependencies(deps, admission, desired)),
    liveDependents: isLeaving ? await listLiveDependents(deps, ref) : [],
  };
}

async function lookAtDependencies(
  deps: ZoneDeps,
  admission: IndexedAdmission,
  desired: NormalForm | null,
): Promise<Pick<PlanContext, 'dependencies' | 'dependenciesChangedAt' | 'unsettledDependencies'>> {
  const dependencies = desired === null ? [] : deps.referencesOf(desired);
  const unsettled: Ref[] = [];
  let changedAt: Instant | null = null;
  for (const dependency of dependencies) {
    const form = admission.desired.get(toRefKey(dependency));
    if (form === undefined) continue;
    const recorded = await deps.store.journal.readRecorded(dependency);
    if (!isSettled(form, recorded)) unsettled.push(dependency);
    const { last } = recorded;
    if (last !== null) changedAt = Math.max(last.at, changedAt ?? last.at);
  }
  return { dependencies, dependenciesChangedAt: changedAt, unsettledDependencies: unsettled };
}

async function listLiveDependents(deps: ZoneDeps, ref: Ref): Promise<readonly Ref[]> {
  const key = toRefKey(ref);
  const all = await deps.store.journal.listRecorded();
  return all
    .filter(({ recorded }) => {
      const live = isLive(recorded) ? (recorded.achieved?.live ?? null) : null;
      return live !== null && deps.referencesOf(live).some((to) => toRefKey(to) === key);
    })
    .map((entry) => entry.ref);
}
