import type { Instant } from '../contracts/instant.ts';
import type { WeightState } from './hear-weight.ts';
import type { Judgement } from './judge-rollout.ts';
import { type RolloutGoal, type RolloutPosition, startRollout } from './rollout-position.ts';
import type { RolloutStep } from './rollout-steps.ts';

/** What is to be done next. All may be done twice. */
export type RolloutAction =
  /** Write routes with this share for the canary and the rest for the stable version. */
  | { readonly kind: 'setWeight'; readonly percent: number }
  | { readonly kind: 'wait'; readonly on: string; readonly until: Instant | null }
  /** All traffic to the canary; the rollout has ended. */
  | { readonly kind: 'promote'; readonly why: string }
  /** All traffic to the stable version, now; the rollout has ended. */
  | { readonly kind: 'rollback'; readonly why: string }
  /** Nothing changes until somebody decides. */
  | { readonly kind: 'askPerson'; readonly why: string };

export type RolloutJudgement = Pick<Judgement, 'verdict' | 'reason' | 'message' | 'isOverdue'>;

export type RolloutInput = {
  readonly steps: readonly RolloutStep[];
  readonly goal: RolloutGoal;
  /** What was recorded last; null before the first rollout of the endpoint. */
  readonly position: RolloutPosition | null;
  /** Of the weight that the position says is written. */
  readonly weight: WeightState;
  /** Null for an endpoint that asks for no analysis. */
  readonly judgement: RolloutJudgement | null;
  /** What a person has decided for this release. */
  readonly decision: 'promote' | 'rollback' | null;
  readonly now: Instant;
};

export type RolloutAdvance = {
  readonly action: RolloutAction;
  /** To be recorded before the action is performed. */
  readonly position: RolloutPosition;
};

/** From where a rollout stands to what comes next; the same answer until something has changed. */
export function advanceRollout(input: RolloutInput): RolloutAdvance {
  const { goal, position, now } = input;
  if (position?.release === goal.release) return advance(input, position);
  // What was judged so far was judged of another release.
  return advance({ ...input, judgement: null }, startRollout(position, goal, now));
}

function advance(input: RolloutInput, recorded: RolloutPosition): RolloutAdvance {
  const { judgement, decision } = input;
  const position = latch(recorded, judgement);
  if (position.end === 'promoted') return promote(position, 'it was promoted before');
  if (position.end === 'rolledBack') return rollBack(position, 'it was rolled back before');
  if (decision === 'rollback') return rollBack(position, 'a person has decided so');
  if (position.latched === 'rollback') return rollBack(position, judgement?.message ?? 'judged');
  const { stable, canary, percent } = position;
  if (stable === null) return promote(position, 'nothing else serves');
  if (stable === canary) return promote(position, 'it is the version that serves already');
  if (!position.isWritten) return { position, action: { kind: 'setWeight', percent } };
  if (input.weight.state !== 'acknowledged') return awaitNodes(input, input.weight, position);
  if (decision === 'promote') return promote(position, 'a person has decided so');
  if (judgement !== null) {
    if (isForPerson(judgement)) return askPerson(position, judgement.message);
    if (isBlocking(judgement)) return wait(position, judgement.message);
  }
  return takeStep(input, position);
}

function latch(position: RolloutPosition, judgement: RolloutJudgement | null): RolloutPosition {
  const verdict = judgement?.verdict ?? 'hold';
  const isFinal = position.end !== null || position.latched === 'rollback';
  if (verdict === 'hold' || isFinal) return position;
  return { ...position, latched: verdict };
}

function isForPerson({ verdict, isOverdue }: RolloutJudgement): boolean {
  return verdict === 'hold' && isOverdue;
}

/** While the counts cannot be trusted, no more of the traffic goes where they are wrong. */
function isBlocking({ verdict, reason }: RolloutJudgement): boolean {
  return verdict === 'hold' && (reason === 'sample-ratio-mismatch' || reason === 'counts-missing');
}

function awaitNodes(
  { judgement }: RolloutInput,
  weight: Exclude<WeightState, { state: 'acknowledged' }>,
  position: RolloutPosition,
): RolloutAdvance {
  const on =
    weight.state === 'refused'
      ? `node ${weight.node}, which cannot load the version: ${weight.why}`
      : `nodes that have not confirmed their routes: ${toList(weight.nodes)}`;
  const { percent } = position;
  const isPast = judgement !== null && isForPerson(judgement);
  return isPast
    ? askPerson(position, `the deadline came at ${percent} % on ${on}`)
    : wait(position, on);
}

function takeStep(input: RolloutInput, position: RolloutPosition): RolloutAdvance {
  const { steps, judgement, now } = input;
  const step = steps[position.step];
  const next = { ...position, step: position.step + 1, pausedAt: null };
  switch (step?.kind) {
    case 'setWeight': {
      // Weights only grow, also where the steps were changed under way.
      if (step.percent <= position.percent) return takeStep(input, next);
      const { percent } = step;
      return {
        position: { ...next, percent, isWritten: false },
        action: { kind: 'setWeight', percent },
      };
    }
    case 'pause': {
      const pausedAt = position.pausedAt ?? now;
      const until = pausedAt + step.durationMs;
      if (now >= until) return takeStep(input, next);
      return wait({ ...position, pausedAt }, 'a pause', until);
    }
    case 'analysis':
      if (judgement === null) return askPerson(position, NO_JUDGE);
      return judgement.verdict === 'promote' ? takeStep(input, next) : wait(position, JUDGE);
    case undefined:
      return finish(judgement, position);
  }
}

const JUDGE = 'the judge, who has not yet enough evidence';
const NO_JUDGE = 'a step waits for an analysis, and the endpoint asks for none';
const NO_TRAFFIC = 'no step gives the version any traffic to be judged by';

function finish(judgement: RolloutJudgement | null, position: RolloutPosition): RolloutAdvance {
  if (judgement === null) return promote(position, 'all steps are done');
  if (judgement.verdict === 'promote') return promote(position, judgement.message);
  return position.percent === 0 ? askPerson(position, NO_TRAFFIC) : wait(position, JUDGE);
}

function wait(position: RolloutPosition, on: string, until: Instant | null = null): RolloutAdvance {
  return { position, action: { kind: 'wait', on, until } };
}

function askPerson(position: RolloutPosition, why: string): RolloutAdvance {
  return { position, action: { kind: 'askPerson', why } };
}

function promote(position: RolloutPosition, why: string): RolloutAdvance {
  return { position: { ...position, end: 'promoted' }, action: { kind: 'promote', why } };
}

function rollBack(position: RolloutPosition, why: string): RolloutAdvance {
  return { position: { ...position, end: 'rolledBack' }, action: { kind: 'rollback', why } };
}

/** A zone may have many nodes, and the first few say enough. */
function toList(nodes: readonly string[]): string {
  if (nodes.length === 0) return 'none is there';
  return nodes.length <= 3 ? nodes.join(', ') : `${nodes.slice(0, 3).join(', ')} and others`;
}
