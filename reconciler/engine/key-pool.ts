import { parseRefKey, type RefKey } from '../core/contracts/ref.ts';
import type { Condition } from '../core/status/condition.ts';
import type { KeyOutcome } from './key-outcome.ts';
import type { KeyQueue } from './key-queue.ts';
import { type KeyResult, workKey } from './key-worker.ts';
import type { StatusBoard } from './status-board.ts';
import type { TermState } from './term-state.ts';
import type { Wakeup } from './wakeup.ts';
import type { ZoneDeps } from './zone-deps.ts';

export type KeyPool = {
  /** Works keys until the term ends. Throws what ends the term: a fence, a lost store. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Waits for what is in progress, at most `drainMs`. */
  readonly drain: () => Promise<void>;
  readonly isIdle: () => boolean;
};

export type KeyPoolHooks = {
  readonly onEffect: () => void;
  /** Nothing is ready and nothing is in progress. */
  readonly onIdle: () => void;
  readonly onNeedsAdmission: () => void;
};

/**
 * A few workers over many keys. A worker waits for an effect only a short while; then it turns to
 * other keys, so that however many effects hang, the rest goes on. The hanging key stays taken, so
 * nothing is done to its resource twice.
 */
export function createKeyPool(
  deps: ZoneDeps,
  term: TermState,
  board: StatusBoard,
  queue: KeyQueue,
  wakeup: Wakeup,
  hooks: KeyPoolHooks,
): KeyPool {
  const running = new Map<RefKey, Promise<void>>();
  let slots = deps.settings.workers;
  let fault: { readonly error: unknown } | null = null;

  const conclusions = createConclusions(deps, term, board, queue, hooks);

  const work = async (key: RefKey): Promise<void> => {
    const ref = parseRefKey(key);
    const startedAt = conclusions.count();
    try {
      if (ref !== null && term.admission !== null) {
        const announce = (conditions: readonly Condition[]) => board.setConditions(ref, conditions);
        const result = await workKey(deps, term, term.admission, ref, announce);
        conclusions.add(key, startedAt, result);
      }
    } catch (error) {
      fault = { error };
    } finally {
      running.delete(key);
      queue.finish(key);
      if (queue.isIdle()) hooks.onIdle();
      wakeup.notify();
    }
  };

  const start = (key: RefKey) => {
    slots -= 1;
    const task = work(key);
    running.set(key, task);
    const timer = new AbortController();
    const slow = deps.clock.sleep(deps.settings.slowEffectMs, timer.signal);
    void Promise.race([task, slow]).then(() => {
      timer.abort('over');
      slots += 1;
      wakeup.notify();
    });
  };

  const run = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      if (fault !== null) throw fault.error;
      const nextAt = queue.releaseDue(deps.clock.now());
      while (slots > 0 && !signal.aborted) {
        const key = queue.take();
        if (key === null) break;
        start(key);
      }
      const idleMs = nextAt === null ? deps.settings.resyncMs : nextAt - deps.clock.now();
      await wakeup.wait(Math.max(0, idleMs), signal);
    }
  };

  const drain = async (): Promise<void> => {
    const timer = new AbortController();
    const limit = deps.clock.sleep(deps.settings.drainMs, timer.signal);
    await Promise.race([Promise.all(running.values()), limit]);
    timer.abort();
  };

  const isIdle = () => queue.isIdle() && running.size === 0 && !conclusions.isRetrying();
  return { run, drain, isIdle };
}

const HELD: Condition = {
  type: 'Held',
  status: 'True',
  reason: 'HeldBack',
  message: 'it stays at its last good form, because it is not valid in main',
};

type Conclusions = {
  /** How many effects have ended so far; a worker notes it before it reads anything. */
  readonly count: () => number;
  readonly add: (key: RefKey, startedAt: number, result: KeyResult) => void;
  /** Whether a key failed that will be tried again without anybody asking, or something runs. */
  readonly isRetrying: () => boolean;
};

/** Something goes on by itself and is looked at again soon, such as a training. */
function isInProgress(outcome: KeyOutcome, conditions: readonly Condition[]): boolean {
  if (outcome.kind !== 'waiting' || outcome.until === null) return false;
  return conditions.some(({ type, status }) => type === 'Progressing' && status === 'True');
}

/** Turns what came of a key into status, and into when it or its dependents are worked again. */
function createConclusions(
  deps: ZoneDeps,
  term: TermState,
  board: StatusBoard,
  queue: KeyQueue,
  hooks: KeyPoolHooks,
): Conclusions {
  const waiting = new Map<RefKey, Set<RefKey>>();
  const retrying = new Set<RefKey>();
  const endedAt = new Map<RefKey, number>();
  let count = 0;

  const wait = (key: RefKey, startedAt: number, on: readonly RefKey[]) => {
    // What it waits for may have come between its reading and now, and nobody would tell it.
    if (on.some((other) => (endedAt.get(other) ?? 0) > startedAt)) queue.add(key);
    for (const other of on) waiting.set(other, (waiting.get(other) ?? new Set()).add(key));
  };

  const apply = (key: RefKey, startedAt: number, { outcome, conditions }: KeyResult) => {
    if (outcome.kind === 'requeueAfter' || isInProgress(outcome, conditions)) retrying.add(key);
    else retrying.delete(key);
    if (outcome.kind === 'again') {
      count += 1;
      endedAt.set(key, count);
      queue.add(key);
      for (const dependent of waiting.get(key) ?? []) queue.add(dependent);
      waiting.delete(key);
      hooks.onEffect();
    } else if (outcome.kind === 'requeueAfter') {
      queue.addAt(key, deps.clock.now() + outcome.delayMs);
    } else if (outcome.kind === 'waiting') {
      wait(key, startedAt, outcome.on);
      if (outcome.until !== null) queue.addAt(key, outcome.until);
    }
  };

  const add = (key: RefKey, startedAt: number, result: KeyResult) => {
    const ref = parseRefKey(key);
    if (ref !== null && result.outcome.kind !== 'again') {
      const isHeld = term.admission?.heldBack.has(key) === true;
      board.setConditions(ref, isHeld ? [HELD, ...result.conditions] : result.conditions);
    }
    apply(key, startedAt, result);
    if (result.needsAdmission) hooks.onNeedsAdmission();
  };

  return { count: () => count, add, isRetrying: () => retrying.size > 0 };
}
