import { Worker } from 'node:worker_threads';
import type { Clock } from '../../../ports/clock.ts';
import type { PolicyAnswer, PolicyQuestion } from '../../../ports/policy-evaluator.ts';
import type { FromWorker, ToWorker, WorkerStart } from './protocol.ts';

/** Everything is answered; or the first question without an answer did not end, or ended us. */
export type BatchEnd = 'complete' | 'timed-out' | 'died';

/** One life of the worker. After any end but `complete` it is over. */
export interface WorkerSession {
  /** Answers come in the order of the questions. */
  run(
    questions: readonly PolicyQuestion[],
    onAnswer: (answer: PolicyAnswer) => void,
    killAfterMs: number,
  ): Promise<BatchEnd>;
  end(): Promise<void>;
}

export type SessionOptions = {
  readonly workerUrl: URL;
  readonly clock: Clock;
  readonly startWithinMs: number;
};

/** How often the watch looks: the kill comes at most this much late. */
const WATCH_MS = 25;

/** Far above what policies need; beyond it the thread ends and we do not. */
const RESOURCE_LIMITS = {
  maxOldGenerationSizeMb: 128,
  maxYoungGenerationSizeMb: 32,
  stackSizeMb: 4,
};

/** Throws when the worker does not come up, or not in time. */
export async function startSession(options: SessionOptions): Promise<WorkerSession> {
  const progress = new SharedArrayBuffer(4);
  const worker = new Worker(options.workerUrl, {
    workerData: { progress } satisfies WorkerStart,
    // An expression has nothing to look for here.
    env: {},
    resourceLimits: RESOURCE_LIMITS,
  });
  // An idle worker keeps no process alive; while a batch runs, its watch does.
  worker.unref();
  const life = watchLife(worker);
  try {
    await waitUntilReady(worker, life, options);
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  return {
    run: (questions, onAnswer, killAfterMs) =>
      runBatch({ worker, life, progress, clock: options.clock, questions, onAnswer, killAfterMs }),
    async end() {
      await worker.terminate();
    },
  };
}

/** Aborted when the thread is over; the reason says what ended it. */
function watchLife(worker: Worker): AbortSignal {
  const life = new AbortController();
  worker.on('error', (error) => life.abort(error));
  worker.on('exit', () => life.abort(new Error('the worker ended')));
  return life.signal;
}

async function waitUntilReady(
  worker: Worker,
  life: AbortSignal,
  options: SessionOptions,
): Promise<void> {
  const ready = new AbortController();
  worker.once('message', () => ready.abort());
  await options.clock.sleep(options.startWithinMs, AbortSignal.any([ready.signal, life]));
  life.throwIfAborted();
  if (!ready.signal.aborted) throw new Error('the worker did not start in time');
}

type BatchRun = {
  readonly worker: Worker;
  readonly life: AbortSignal;
  readonly progress: SharedArrayBuffer;
  readonly clock: Clock;
  readonly questions: readonly PolicyQuestion[];
  readonly onAnswer: (answer: PolicyAnswer) => void;
  readonly killAfterMs: number;
};

async function runBatch(run: BatchRun): Promise<BatchEnd> {
  const { worker, life, questions } = run;
  let answered = 0;
  const done = new AbortController();
  const onMessage = (message: FromWorker) => {
    if (message.type !== 'answer') return;
    run.onAnswer(message.answer);
    answered += 1;
    if (answered === questions.length) done.abort();
  };
  worker.on('message', onMessage);
  worker.postMessage({ questions } satisfies ToWorker);
  await watchProgress(run, AbortSignal.any([done.signal, life]));
  worker.off('message', onMessage);
  if (done.signal.aborted) return 'complete';
  if (life.aborted) return 'died';
  await worker.terminate();
  return 'timed-out';
}

/**
 * Resolves when `signal` aborts, or when one question has been running for too long. It looks at
 * the shared counter and not at the answers that arrived, so that a busy moment of this thread is
 * not taken for a stuck one of the other.
 */
async function watchProgress(run: BatchRun, signal: AbortSignal): Promise<void> {
  const { clock } = run;
  const counter = new Int32Array(run.progress);
  let seen = Atomics.load(counter, 0);
  let seenAt = clock.now();
  // Ends by the signal or by the limit: every turn either sees progress or comes nearer to it.
  while (!signal.aborted) {
    await clock.sleep(WATCH_MS, signal);
    const count = Atomics.load(counter, 0);
    const now = clock.now();
    if (count !== seen) {
      seen = count;
      seenAt = now;
    } else if (now - seenAt >= run.killAfterMs) return;
  }
}
