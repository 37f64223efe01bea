import type { Instant } from '../contracts/instant.ts';
import type { Latch } from './rollout-verdict.ts';

/** A weight that was written, and the first route revision that carried it. */
export type WeightStage = {
  readonly fromRevision: number;
  readonly percent: number;
};

/** Where a rollout stands: what is recorded of it, and all that it goes on from after a crash. */
export type RolloutPosition = {
  readonly v: 1;
  /** Names what was released; another release is another rollout. */
  readonly release: string;
  readonly canary: string;
  /** What is gone back to: the last version that had all traffic. */
  readonly stable: string | null;
  /** When the rollout began. */
  readonly startedAt: Instant;
  /** The step that is worked on; as many as there are when all are done. */
  readonly step: number;
  /** Of a pause: when the weight before it was first seen to be in force. */
  readonly pausedAt: Instant | null;
  /** The weight that is asked for. */
  readonly percent: number;
  /** Whether routes carry `percent`; the last of `stages` is where then. */
  readonly isWritten: boolean;
  /** In the order of time, so that weights and revisions both ascend. */
  readonly stages: readonly WeightStage[];
  readonly latched: Latch;
  /** What has ended it; null while it goes on. */
  readonly end: 'promoted' | 'rolledBack' | null;
};

export type RolloutGoal = {
  readonly release: string;
  readonly canary: string;
  /** What serves before the first rollout that is recorded; null when nothing does. */
  readonly stable: string | null;
};

/**
 * A release that comes in the middle of another starts anew from the last good version. The first
 * weight is 0: nodes load the canary, and say so, before anyone meets it; and of a release that was
 * given up nothing is served any longer.
 */
export function startRollout(
  before: RolloutPosition | null,
  goal: RolloutGoal,
  now: Instant,
): RolloutPosition {
  return {
    v: 1,
    release: goal.release,
    canary: goal.canary,
    stable: before === null ? goal.stable : toLastGood(before),
    startedAt: now,
    step: 0,
    pausedAt: null,
    percent: 0,
    isWritten: false,
    stages: [],
    latched: null,
    end: null,
  };
}

function toLastGood({ end, canary, stable }: RolloutPosition): string | null {
  return end === 'promoted' ? canary : stable;
}

/** To be recorded once routes carry the weight that was asked for. */
export function recordWeight(position: RolloutPosition, revision: number): RolloutPosition {
  if (position.isWritten) return position;
  const stage = { fromRevision: revision, percent: position.percent };
  return { ...position, isWritten: true, stages: [...position.stages, stage] };
}
