import { toCodedText } from '../contracts/coded-text.ts';
import { EXIT_BAD_INPUT } from '../contracts/runner-answer.ts';

export type StepName = 'prepare' | 'train' | 'evaluate';

/** Why we asked a program to stop. `preempted`: the machine wants its slot back. */
export type StopReason = 'cancelled' | 'deadline' | 'memory' | 'preempted' | 'stalled';

/** How a program ended. */
export type StepEnd = {
  readonly step: StepName;
  /** Null when a signal ended it, or when it could not be started. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Why it could not be started. */
  readonly startFailure: string | null;
  readonly stopped: StopReason | null;
  readonly hasCheckpoint: boolean;
  /** Its own words: `output/failure`, or the answer of a bundled program with its code in front. */
  readonly said: string | null;
  readonly peakMebibytes: number | null;
};

/** What has happened to a run so far, over all its attempts and supervisors. */
export type RunCounters = {
  /** Trainings begun. */
  readonly attempts: number;
  /** Counted against `limits.retries`. */
  readonly retries: number;
  /** Ends by 137. */
  readonly kills: number;
  readonly stalls: number;
  /** Supervisors that died. */
  readonly losses: number;
};

export const NO_COUNTERS: RunCounters = {
  attempts: 0,
  retries: 0,
  kills: 0,
  stalls: 0,
  losses: 0,
};

export type RetryRule = {
  readonly retries: number;
  readonly maxRuntimeSeconds: number;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
};

export type StepVerdict =
  | { readonly kind: 'done' }
  /** Once more, in the same slot. */
  | { readonly kind: 'again'; readonly counters: RunCounters; readonly delayMs: number }
  /** Gives its slot back and waits for another. */
  | { readonly kind: 'wait'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string };

const KILLED = 137;
/** A shell's way to say that a signal ended a program. */
const SIGNAL_CODES: Readonly<Record<string, number>> = { SIGKILL: KILLED, SIGTERM: 143 };

/** The table of exit codes: what an end means for the run. */
export function judgeStep(end: StepEnd, counters: RunCounters, rule: RetryRule): StepVerdict {
  if (end.stopped === 'cancelled') return toFailure('P803', 'cancelled');
  if (end.startFailure !== null) {
    return toFailure('P808', `the program of ${end.step} cannot be started: ${end.startFailure}`);
  }
  if (end.exitCode === 0) return { kind: 'done' };
  if (end.stopped === 'deadline') return toDeadlineFailure(rule);
  if (end.stopped === 'preempted') return { kind: 'wait', why: toPreemption(end) };
  if (end.stopped === 'stalled') return judgeStall(end, counters);
  const code = end.exitCode ?? SIGNAL_CODES[end.signal ?? ''] ?? null;
  if (code === EXIT_BAD_INPUT) return toRefusal(end);
  const hasCrashed = end.signal !== null || end.stopped === 'memory';
  if (end.step === 'evaluate' && hasCrashed) {
    return toFailure('P804', `the model crashed the program that checked it (${toCause(end)})`);
  }
  if (code === KILLED || end.stopped === 'memory') return judgeKill(end, counters, rule);
  // 75, a signal that was not ours, a program's own code: the same, except for the words.
  return judgeRetry(end, counters, rule);
}

export function toDeadlineFailure(rule: { readonly maxRuntimeSeconds: number }): {
  readonly kind: 'failed';
  readonly why: string;
} {
  const spent = `all attempts together ran for more than ${rule.maxRuntimeSeconds} seconds`;
  return toFailure('P803', `DeadlineExceeded: ${spent}; its checkpoints are kept`);
}

/** Doubles with each retry: 2, 4, 8 … times the first, up to the bound. */
export function toBackoffMs(
  retries: number,
  rule: Pick<RetryRule, 'backoffMs' | 'maxBackoffMs'>,
): number {
  return Math.min(rule.maxBackoffMs, rule.backoffMs * 2 ** Math.min(retries, 30));
}

function judgeRetry(end: StepEnd, counters: RunCounters, rule: RetryRule): StepVerdict {
  if (counters.retries >= rule.retries) return toLastFailure(end, counters.retries + 1);
  return {
    kind: 'again',
    counters: { ...counters, retries: counters.retries + 1 },
    delayMs: toBackoffMs(counters.retries, rule),
  };
}

/** Out of memory comes back in most cases: one more try, which counts, and no third. */
function judgeKill(end: StepEnd, counters: RunCounters, rule: RetryRule): StepVerdict {
  if (counters.kills === 0 && counters.retries < rule.retries) {
    return judgeRetry(end, { ...counters, kills: 1 }, rule);
  }
  const peak = end.peakMebibytes === null ? '' : `; it was seen using ${end.peakMebibytes} MiB`;
  const advice = 'give it less data or a smaller model, or a pool with more memory';
  return toFailure('P803', `${end.step} was killed (${toCause(end)})${peak}: ${advice}`);
}

function judgeStall(end: StepEnd, counters: RunCounters): StepVerdict {
  if (counters.stalls > 0) {
    const signs = 'no progress, no new checkpoint and no use of a processor';
    return toFailure('P803', `${end.step} stalled again after it was resumed: ${signs}`);
  }
  return { kind: 'again', counters: { ...counters, stalls: 1 }, delayMs: 0 };
}

function toRefusal(end: StepEnd): StepVerdict {
  if (end.step !== 'train' && end.said !== null) return { kind: 'failed', why: end.said };
  const words = end.said ?? 'it did not say why; see its log';
  if (end.step !== 'train') return toFailure('P808', `${end.step} refused its input: ${words}`);
  return toFailure('P803', `the trainer refused its configuration or data: ${words}`);
}

function toLastFailure(end: StepEnd, times: number): StepVerdict {
  if (end.step !== 'train' && end.said !== null) return { kind: 'failed', why: end.said };
  const count = times > 1 ? ` ${times} times, the last time` : '';
  const words = end.said === null ? '' : `: ${end.said}`;
  const code = end.step === 'train' ? 'P803' : 'P808';
  return toFailure(code, `${end.step} failed${count} with ${toCause(end)}${words}`);
}

function toCause(end: StepEnd): string {
  if (end.stopped === 'memory') return 'more memory than its pool allows';
  return end.signal ?? `exit code ${end.exitCode}`;
}

function toPreemption(end: StepEnd): string {
  const saved = end.hasCheckpoint
    ? 'goes on from its checkpoint'
    : 'starts over: nothing was saved';
  return `it was preempted and ${end.step === 'train' ? saved : 'does the step again'}`;
}

function toFailure(code: 'P803' | 'P804' | 'P808', message: string) {
  return { kind: 'failed' as const, why: toCodedText(code, message) };
}
