import { toRefKey } from '../core/contracts/ref.ts';
import { listKnownRefs } from './admission.ts';
import type { KeyQueue } from './key-queue.ts';
import { jitter } from './retry.ts';
import { createSourceFollower } from './source-follower.ts';
import type { StatusBoard } from './status-board.ts';
import type { TermState } from './term-state.ts';
import type { Wakeup } from './wakeup.ts';
import type { ZoneDeps } from './zone-deps.ts';

/** A judgement is renewed at most this often, however many keys ask for it. */
const ADMIT_AGAIN_AFTER_MS = 5_000;

export type SourceLoop = {
  /** Follows main, and puts keys into the queue, until the term ends. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** A key found that the judgement in force is out of date. */
  readonly askForAdmission: () => void;
  /** Whether every key of the admission in force was put into the queue. */
  readonly hasEnqueuedAll: () => boolean;
};

export function createSourceLoop(
  deps: ZoneDeps,
  state: TermState,
  board: StatusBoard,
  queue: KeyQueue,
  hint: Wakeup,
  onEnqueued: () => void,
): SourceLoop {
  const follower = createSourceFollower(deps, state, board);
  let wantsAdmission = false;
  let admittedAt = Number.NEGATIVE_INFINITY;
  let resyncAt = Number.NEGATIVE_INFINITY;
  let enqueuedSequence: number | null = null;

  const enqueueAll = async (): Promise<void> => {
    const sequence = state.admission?.admission.sequence ?? null;
    const desired = state.admission?.admission.desired ?? [];
    const recorded = await deps.store.journal.listRecorded();
    const keys = recorded.map((entry) => toRefKey(entry.ref));
    for (const ref of await listKnownRefs(deps, desired, keys)) queue.add(toRefKey(ref));
    for (const key of state.openIntents.keys()) queue.add(key);
    resyncAt = deps.clock.now() + deps.settings.resyncMs;
    enqueuedSequence = sequence;
    onEnqueued();
  };

  const admitWhatIsDue = async (): Promise<boolean> => {
    const isFollowed = await follower.follow();
    const mayAdmit = deps.clock.now() - admittedAt >= ADMIT_AGAIN_AFTER_MS;
    if (!isFollowed && !(wantsAdmission && mayAdmit)) return false;
    // Before it is judged: who asks while it is judged may be asking for something newer.
    wantsAdmission = false;
    const isChanged = isFollowed || (await follower.admitAgain());
    admittedAt = deps.clock.now();
    return isChanged;
  };

  const run = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const isChanged = await admitWhatIsDue();
      if (isChanged || deps.clock.now() >= resyncAt) await enqueueAll();
      const pauseMs = wantsAdmission ? ADMIT_AGAIN_AFTER_MS : deps.settings.pollMs;
      await hint.wait(jitter(pauseMs, deps.randomness), signal);
    }
  };

  return {
    run,
    askForAdmission: () => {
      wantsAdmission = true;
      hint.notify();
    },
    hasEnqueuedAll: () => enqueuedSequence === (state.admission?.admission.sequence ?? null),
  };
}
