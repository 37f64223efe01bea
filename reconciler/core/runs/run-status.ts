import { NO_COUNTERS, type RunCounters, type StepName, type StepVerdict } from './judge-step.ts';
import type { RunProgress } from './progress.ts';

/** Where a run stands; each change of it is written down before anything follows from it. */
export type RunStatus = {
  readonly state: 'queued' | 'running' | 'succeeded' | 'failed';
  /** The step under way, or the one it ended with. */
  readonly step: StepName;
  readonly doneSteps: readonly StepName[];
  readonly counters: RunCounters;
  /** Summed over all programs and attempts; waiting is not running. */
  readonly runtimeMs: number;
  /** Why it waits or has failed. */
  readonly why: string | null;
};

const CANCELLED = 'P803 cancelled';

/** A machine that restarts daily gets through a week of training; a broken one is found out. */
const MAX_LOSSES = 20;

const STEP_ORDER: readonly StepName[] = ['prepare', 'train', 'evaluate'];

export function toFirstStatus(steps: readonly { readonly name: StepName }[]): RunStatus {
  return {
    state: 'queued',
    step: steps[0]?.name ?? 'train',
    doneSteps: [],
    counters: NO_COUNTERS,
    runtimeMs: 0,
    why: null,
  };
}

export function hasEnded(status: RunStatus): boolean {
  return status.state === 'succeeded' || status.state === 'failed';
}

/** Steps are some of prepare, train and evaluate, in this order. */
export function isStepOrder(names: readonly string[]): boolean {
  const order = STEP_ORDER.filter((step) => names.includes(step));
  return names.length > 0 && order.join() === names.join();
}

/** Null when all are done. */
export function findNextStep<Step extends { readonly name: StepName }>(
  steps: readonly Step[],
  status: RunStatus,
): Step | null {
  return steps.find((step) => !status.doneSteps.includes(step.name)) ?? null;
}

export function beginStep(status: RunStatus, step: StepName): RunStatus {
  const { counters } = status;
  const attempts = counters.attempts + (step === 'train' ? 1 : 0);
  return { ...status, state: 'running', step, counters: { ...counters, attempts }, why: null };
}

/** The run after a program ended, `runtimeMs` being what all its programs have used by then. */
export function endStep(status: RunStatus, verdict: StepVerdict, runtimeMs: number): RunStatus {
  const spent = { ...status, runtimeMs };
  switch (verdict.kind) {
    case 'done':
      return { ...spent, doneSteps: [...status.doneSteps, status.step] };
    case 'again':
      return { ...spent, counters: verdict.counters };
    case 'wait':
      return { ...spent, state: 'queued', why: verdict.why };
    case 'failed':
      return { ...spent, state: 'failed', why: verdict.why };
  }
}

export function toSucceeded(status: RunStatus): RunStatus {
  return { ...status, state: 'succeeded', why: null };
}

export function toCancelled(status: RunStatus): RunStatus {
  return hasEnded(status) ? status : { ...status, state: 'failed', why: CANCELLED };
}

/** Its supervisor died: that is nobody's failure, so it waits again, but not without an end. */
export function loseSupervisor(status: RunStatus): RunStatus {
  if (hasEnded(status)) return status;
  const losses = status.counters.losses + 1;
  const counters = { ...status.counters, losses };
  if (losses < MAX_LOSSES) {
    return { ...status, state: 'queued', counters, why: 'the program that watched it died' };
  }
  const why = `P808 the program that watched the run died ${losses} times; see its log`;
  return { ...status, state: 'failed', counters, why };
}

/** As the port `Runs` tells it. */
export function toRunObservation(
  status: RunStatus,
  more: {
    readonly progress: RunProgress | null;
    readonly resultFolder: string;
    readonly waitsFor: string;
  },
) {
  const { state, step, counters, why } = status;
  switch (state) {
    case 'queued': {
      const reason = why === null ? '' : `; ${why}`;
      return { state, why: `waits for a free slot of ${more.waitsFor}${reason}` };
    }
    case 'running':
      return { state, step, attempt: Math.max(1, counters.attempts), progress: more.progress };
    case 'succeeded':
      return {
        state,
        attempts: counters.attempts,
        wallSeconds: status.runtimeMs / 1000,
        resultFolder: more.resultFolder,
      };
    case 'failed':
      return {
        state,
        step,
        attempts: counters.attempts,
        why: why ?? 'P803 it does not say why',
        isCancelled: why === CANCELLED,
      };
  }
}
