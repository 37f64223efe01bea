import { type Digest, digestJson } from '../contracts/digest.ts';
import type { Instant } from '../contracts/instant.ts';
import { type NormalForm, toNormalForm } from '../contracts/normal-form.ts';
import { type Ref, toRefTitle } from '../contracts/ref.ts';
import type { Condition } from '../status/condition.ts';
import { directionOf } from './actions.ts';
import type { Effect } from './effect.ts';
import type { PlannerInput, PlannerResult, RecordedEffect } from './planner.ts';
import { hasAchieved } from './settled.ts';
import { toEffect } from './to-effect.ts';

/** What differs between kinds that converge by "make it be this" and "make it be gone". */
export type ConvergenceWords = {
  /** Why a creation or change happens, as one sentence without a full stop. */
  readonly describe: (input: {
    readonly before: NormalForm | null;
    readonly after: NormalForm;
  }) => string;
  /** How a resource that left Git is taken away, decided from the form that is live. */
  readonly removal: (live: NormalForm) => { readonly action: string; readonly reason: string };
  /**
   * Why something that is as its definition says has to be made anew, because what it was made
   * from is not as it was; null when it has not.
   */
  readonly refresh?: (input: PlannerInput) => string | null;
  /** What to say of it, and to wait for, once it is as its definition says; null for the usual. */
  readonly settle?: (input: PlannerInput) => PlannerResult | null;
};

/** What is said of a resource that is as its definition says. */
export const CONVERGED: Condition = {
  type: 'Ready',
  status: 'True',
  reason: 'Converged',
  message: 'live equals desired',
};

/** The first retry of a failed effect; each further one waits twice as long as the one before. */
export const FIRST_RETRY_AFTER_MS = 5 * 60_000;
/** Each failure is a record for ever, and what failed ten times may still be mended any time. */
export const MAX_RETRY_AFTER_MS = 30 * 60_000;

/**
 * The plan of every kind whose whole state is one normal form. Nothing is done on an unknown
 * read, nothing that the journal does not know is removed, and nothing is repeated in a loop.
 * What came about without us is an effect too, though it changes nothing: the journal and the
 * ledger must say so, since others wait for what they say.
 */
export function planConvergence(input: PlannerInput, words: ConvergenceWords): PlannerResult {
  if (input.observed.state === 'unknown') return blocked('ObservationUnknown', input.observed.why);
  const step = nextStep(input, words);
  if (step === null) return words.settle?.(input) ?? settled(input);
  const stalled = stallAfterFailure(input, step.targetDigest);
  if (stalled !== null) return stalled;
  const pending = waitFor(refsFor(input, step));
  if (pending !== null) return pending;
  return {
    effects: [toClassified(input, step)],
    waiting: [],
    conditions: [progressing(step.reason)],
  };
}

type Step = {
  readonly action: string;
  readonly target: NormalForm;
  readonly targetDigest: Digest;
  readonly reason: string;
  readonly risk: Effect['risk'];
};

function nextStep(input: PlannerInput, words: ConvergenceWords): Step | null {
  const live = input.observed.state === 'present' ? input.observed.value : null;
  if (input.desired === null) return removalStep(input, live, words);
  const targetDigest = digestJson(input.desired);
  if (input.observed.state === 'present' && input.observed.observedDigest === targetDigest) {
    if (hasAchieved(input.recorded, targetDigest)) {
      return refreshStep(input, words, { target: input.desired, targetDigest });
    }
    const reason = 'is already as its definition says, and is recorded so from now on';
    return { action: 'update', target: input.desired, targetDigest, reason, risk: 'none' };
  }
  return {
    action: live === null ? 'create' : 'update',
    target: input.desired,
    targetDigest,
    reason: words.describe({ before: live, after: input.desired }),
    risk: live === null ? 'none' : 'low',
  };
}

function refreshStep(
  input: PlannerInput,
  words: ConvergenceWords,
  goal: Pick<Step, 'target' | 'targetDigest'>,
): Step | null {
  const reason = words.refresh?.(input) ?? null;
  return reason === null ? null : { ...goal, action: 'refresh', reason, risk: 'none' };
}

/** Its target is the bare identity, so that it does not depend on what is left of the resource. */
function removalStep(
  input: PlannerInput,
  live: NormalForm | null,
  words: ConvergenceWords,
): Step | null {
  const { achieved } = input.recorded;
  const last = live ?? achieved?.live ?? null;
  if (achieved === null || last === null) return null;
  const { action, reason } = words.removal(last);
  const target = toNormalForm(input.ref, {});
  const step = { action, target, targetDigest: digestJson(target) };
  if (live !== null) return { ...step, reason, risk: 'high' };
  return { ...step, reason: 'left Git and is gone already', risk: 'none' };
}

function toClassified(input: PlannerInput, step: Step): Effect {
  const isRestored = restoresAchieved(input, step);
  return toEffect(input, { ...step, class: isRestored ? 'self-heal' : 'admitted' });
}

/** True when the world was already made to be this once, and fell away from it since. */
function restoresAchieved(input: PlannerInput, step: Step): boolean {
  const achieved = input.recorded.achieved;
  if (achieved === null) return false;
  return directionOf(step.action) === 'remove'
    ? achieved.live === null
    : hasAchieved(input.recorded, step.targetDigest);
}

/** Dependencies come first on the way in, dependents go first on the way out. */
function refsFor(input: PlannerInput, step: Step): readonly Ref[] {
  return directionOf(step.action) === 'converge'
    ? input.context.unsettledDependencies
    : input.context.liveDependents;
}

/** What failed is left alone for a while; null when it may be tried. */
export function stallAfterFailure(input: PlannerInput, targetDigest: Digest): PlannerResult | null {
  const until = restsUntil(input, targetDigest);
  const { last } = input.recorded;
  if (until === null || last === null) return null;
  const condition: Condition = {
    type: 'Stalled',
    status: 'True',
    reason: 'EffectFailed',
    message: describeFailure(last),
  };
  return { effects: [], waiting: [{ on: 'retry after failure', until }], conditions: [condition] };
}

/**
 * Until when an effect that failed is left alone; null when it may be tried. It may be at once when
 * something was done to what it depends on: that may have been the cause.
 */
function restsUntil(input: PlannerInput, targetDigest: Digest): Instant | null {
  const { last, failures } = input.recorded;
  if (last?.outcome !== 'failed' || last.targetDigest !== targetDigest) return null;
  if ((input.context.dependenciesChangedAt ?? last.at) > last.at) return null;
  const waitMs = FIRST_RETRY_AFTER_MS * 2 ** Math.max(0, failures - 1);
  const until = last.at + Math.min(MAX_RETRY_AFTER_MS, waitMs);
  return input.now >= until ? null : until;
}

/** How it failed comes first: that is what its reader can do something about. */
function describeFailure({ action, summary }: RecordedEffect): string {
  const why = summary === undefined ? '' : `: ${summary}`;
  return `the last ${action} failed${why}; it is tried again later, or at once when its definition changes`;
}

/** Null when nothing has to come first. */
export function waitFor(refs: readonly Ref[]): PlannerResult | null {
  if (refs.length === 0) return null;
  const titles = refs.map(toRefTitle);
  const condition: Condition = {
    type: 'Progressing',
    status: 'True',
    reason: 'WaitingForDependency',
    message: `waits for ${titles.join(', ')}`,
  };
  return {
    effects: [],
    waiting: titles.map((on) => ({ on, until: null })),
    conditions: [condition],
  };
}

function blocked(reason: string, why: string): PlannerResult {
  const condition: Condition = { type: 'Ready', status: 'Unknown', reason, message: why };
  return { effects: [], waiting: [{ on: 'observation', until: null }], conditions: [condition] };
}

function progressing(reason: string): Condition {
  return { type: 'Progressing', status: 'True', reason: 'EffectPlanned', message: reason };
}

function settled(input: PlannerInput): PlannerResult {
  if (input.desired !== null) return withCondition(CONVERGED);
  if (input.observed.state === 'absent') return { effects: [], waiting: [], conditions: [] };
  const message =
    'it is live, but nothing recorded says that Plumbline made it, so it is left alone';
  return withCondition({ type: 'Ready', status: 'False', reason: 'Unmanaged', message });
}

function withCondition(condition: Condition): PlannerResult {
  return { effects: [], waiting: [], conditions: [condition] };
}
