import { toCanonicalJson } from '../../contracts/canonical-json.ts';
import { type Digest, digestJson, toShortDigest } from '../../contracts/digest.ts';
import type { Instant } from '../../contracts/instant.ts';
import type { NormalForm } from '../../contracts/normal-form.ts';
import { toResumeTarget, toRollbackTarget } from '../../release/rollout-targets.ts';
import {
  findChampion,
  findOnly,
  listShares,
  type Share,
  splitShares,
  withShares,
} from '../../release/shares.ts';
import {
  advanceRollout,
  type RolloutAdvance,
  type RolloutJudgement,
} from '../../rollout/advance-rollout.ts';
import type { WeightState } from '../../rollout/hear-weight.ts';
import type { RolloutPosition } from '../../rollout/rollout-position.ts';
import type { RolloutStep } from '../../rollout/rollout-steps.ts';
import type { Condition } from '../../status/condition.ts';
import type { Effect } from '../effect.ts';
import { stallAfterFailure, waitFor } from '../plan-convergence.ts';
import type { PlannerInput, PlannerResult, Waiting } from '../planner.ts';
import { toEffect } from '../to-effect.ts';

/** What is seen of a rollout; null where the endpoint lets all traffic go over at once. */
export type RolloutFacts = {
  readonly steps: readonly RolloutStep[];
  readonly position: RolloutPosition | null;
  readonly weight: WeightState;
  /** Null for an endpoint that judges nothing. */
  readonly judgement: RolloutJudgement | null;
};

/** How soon nodes and counts are looked at again. */
const LOOK_AGAIN_MS = 1_000;

/** A release on its way: from the one version that is served to the one that is asked for. */
export type Rollout = {
  readonly desired: NormalForm;
  /** What is served, or was until it went astray. */
  readonly live: NormalForm;
  readonly canary: string;
  readonly facts: RolloutFacts;
};

/**
 * Null where nothing is to go over by steps: nothing is served yet, the versions stay as they are,
 * or what is asked for is a lasting share of several.
 */
export function findRollout(input: PlannerInput, facts: RolloutFacts | null): Rollout | null {
  const { desired, observed, recorded } = input;
  if (facts === null || desired === null || observed.state === 'unknown') return null;
  const live = observed.state === 'present' ? observed.value : (recorded.achieved?.live ?? null);
  const canary = findOnly(listShares(desired));
  if (live === null || canary === null) return null;
  if (toCanonicalJson(listShares(live)) === toCanonicalJson(listShares(desired))) return null;
  return { desired, live, canary, facts };
}

/** Another release of the same version, with other words beside it, is another rollout. */
export function toReleaseName(desired: NormalForm): Digest {
  return digestJson(desired);
}

/** Where the rollout of a release stands and what comes next: the same for who plans and who acts. */
export function advanceRelease(
  facts: RolloutFacts,
  goal: { readonly release: string; readonly canary: string; readonly live: NormalForm },
  now: Instant,
): RolloutAdvance {
  const { release, canary, live } = goal;
  const stable = findChampion(listShares(live));
  return advanceRollout({ ...facts, goal: { release, canary, stable }, decision: null, now });
}

/** What the journal says of a release that was given up, also where nothing else is known. */
export function isGivenUp({ desired, recorded: { achieved }, ref }: PlannerInput): boolean {
  if (desired === null || achieved?.action !== 'rollback' || achieved.live === null) return false;
  return (
    achieved.targetDigest === digestJson(toRollbackTarget(ref, { desired, back: achieved.live }))
  );
}

export function planRollout(input: PlannerInput, rollout: Rollout): PlannerResult {
  const { desired, canary, live, facts } = rollout;
  const goal = { release: toReleaseName(desired), canary, live };
  const { action, position } = advanceRelease(facts, goal, input.now);
  const stable = position.stable ?? canary;
  switch (action.kind) {
    case 'setWeight': {
      const target = withShares(desired, splitShares(stable, canary, action.percent));
      const reason = describeShift(canary, stable, action.percent);
      const words = { action: 'shift', target, reason, stepOf: toReleaseName(desired) };
      return offer(input, toEffect(input, { ...words, class: 'admitted', risk: 'low' }));
    }
    case 'promote': {
      const reason = `${toShortDigest(canary)} gets all traffic: ${action.why}`;
      const words = { action: 'promote', target: desired, reason };
      return offer(input, toEffect(input, { ...words, class: 'admitted', risk: 'low' }));
    }
    case 'rollback': {
      if (isBack(live, stable) && input.observed.state === 'present')
        return restGivenUp(action.why);
      if (position.end !== null && isBack(live, stable)) return restore(input, live);
      const reason = `all traffic goes back to ${toShortDigest(stable)}: ${action.why}`;
      return offer(input, toRollback(input, desired, toBack(live, stable), reason));
    }
    case 'wait': {
      if (input.observed.state === 'absent') return restore(input, live);
      const until = Math.min(action.until ?? input.now + LOOK_AGAIN_MS, input.now + LOOK_AGAIN_MS);
      const message = `${toShortDigest(canary)} has ${position.percent} % of the traffic and waits for ${action.on}`;
      const condition = toCondition('Progressing', 'RollingOut', message);
      return rest({ on: action.on, until }, condition);
    }
    case 'askPerson': {
      if (input.observed.state === 'absent') return restore(input, live);
      const message = `${toShortDigest(canary)} stays at ${position.percent} % of the traffic: ${action.why}; ${WHAT_TO_DO}`;
      const waiting = { on: 'a person', until: input.now + LOOK_AGAIN_MS };
      return rest(waiting, toCondition('Stalled', 'AwaitingDecision', message));
    }
  }
}

const WHAT_TO_DO =
  'revert the release to go back, or take the analysis out of the rollout of its endpoint to go on without it';

/** A release that was given up stays so until main asks for another. */
export function planGivenUp(input: PlannerInput): PlannerResult {
  const { achieved } = input.recorded;
  const { desired } = input;
  const back = achieved?.live ?? null;
  if (input.observed.state !== 'absent' || back === null || desired === null) {
    return restGivenUp(achieved?.summary ?? 'it failed');
  }
  // Told as what it is, so that it is still known when everything else is lost.
  const reason = `what was gone back to is not in force, and is put back; ${achieved?.summary ?? ''}`;
  return offer(input, toRollback(input, desired, back, reason));
}

/**
 * Of a release of which the zone's store knows nothing, and the journal does: the shares that were
 * recorded last come back before anything moves. A rollout goes on from its weight and is judged
 * anew, for what was counted is lost as well. Null where nothing was recorded that differs.
 */
export function planLost(input: PlannerInput): PlannerResult | null {
  const { desired, observed, facts, recorded, ref, context } = input;
  const live = recorded.achieved?.live ?? null;
  const isLost = observed.state === 'absent' && !('rollout' in facts);
  if (!isLost || desired === null || live === null || context.isWholePlan) return null;
  if (toCanonicalJson(listShares(live)) === toCanonicalJson(listShares(desired))) return null;
  const canary = findOnly(listShares(desired));
  const isUnderWay = canary !== null && listShares(live).some(({ version }) => version === canary);
  if (!isUnderWay) return restore(input, live);
  const target = toResumeTarget(ref, { live, canary, release: toReleaseName(desired) });
  const reason =
    'nothing is known of the rollout but its shares, which come back and are judged anew';
  const words = { action: 'resume', target, reason };
  return offer(input, toEffect(input, { ...words, class: 'self-heal', risk: 'none' }));
}

function toBack(live: NormalForm, stable: string): NormalForm {
  return withShares(live, [{ version: stable, percent: 100 }]);
}

function toRollback(
  input: PlannerInput,
  desired: NormalForm,
  back: NormalForm,
  reason: string,
): Effect {
  const target = toRollbackTarget(input.ref, { desired, back });
  const words = { action: 'rollback', target, reason };
  return toEffect(input, { ...words, class: 'self-heal', risk: 'low' });
}

function restGivenUp(why: string): PlannerResult {
  const message = `it was rolled back: ${why}; revert the release, as the pull request of the machine does`;
  return { effects: [], waiting: [], conditions: [toCondition('Stalled', 'RolledBack', message)] };
}

function isBack(live: NormalForm, stable: string): boolean {
  return findOnly(listShares(live)) === stable;
}

function describeShift(canary: string, stable: string, percent: number): string {
  if (percent === 0) {
    return `nodes load ${toShortDigest(canary)} before anybody meets it; ${toShortDigest(stable)} keeps all traffic`;
  }
  const rest: Share | undefined = splitShares(stable, canary, percent).find(
    ({ version }) => version === stable,
  );
  return `${toShortDigest(canary)} gets ${percent} % and ${toShortDigest(stable)} keeps ${rest?.percent ?? 0} %`;
}

/** What went astray is put back as it was recorded last, and the rollout goes on from there. */
function restore(input: PlannerInput, live: NormalForm): PlannerResult {
  const reason = 'the shares in force are not those that were recorded last, and are put back';
  const words = { action: 'refresh', target: live, reason };
  return offer(input, toEffect(input, { ...words, class: 'self-heal', risk: 'none' }));
}

/** Once its endpoint is as desired, and what failed later again; a rollback is never put off. */
function offer(input: PlannerInput, effect: Effect): PlannerResult {
  const delay = effect.action === 'rollback' ? null : findDelay(input, effect);
  if (delay !== null) return delay;
  const condition = toCondition('Progressing', 'EffectPlanned', effect.reason);
  return { effects: [effect], waiting: [], conditions: [condition] };
}

function findDelay(input: PlannerInput, effect: Effect): PlannerResult | null {
  const stalled = stallAfterFailure(input, effect.targetDigest);
  if (stalled !== null || effect.class === 'self-heal') return stalled;
  return waitFor(input.context.unsettledDependencies);
}

function rest(waiting: Waiting, condition: Condition): PlannerResult {
  return { effects: [], waiting: [waiting], conditions: [condition] };
}

function toCondition(type: Condition['type'], reason: string, message: string): Condition {
  return { type, status: 'True', reason, message };
}
