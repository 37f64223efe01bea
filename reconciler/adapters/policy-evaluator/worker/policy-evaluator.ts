import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { Clock } from '../../../ports/clock.ts';
import type {
  PolicyAnswer,
  PolicyEvaluator,
  PolicyQuestion,
} from '../../../ports/policy-evaluator.ts';
import { type SessionOptions, startSession, type WorkerSession } from './session.ts';

/** As long as one expression may run. */
const KILL_AFTER_MS = 250;
/** Loading the engine takes a tenth of a second; a busy machine may need much longer. */
const START_WITHIN_MS = 20_000;
const MAX_STARTS = 3;
/** Bounds what is copied to the worker at once. */
const MAX_BATCH = 256;
/** A question that ended the worker is asked once more: the machine may have been busy. */
const MAX_TRIES = 2;
/** After this many questions an expression is given up for the batch, or it could cost hours. */
const MAX_STUCK = 3;

export type WorkerPolicyEvaluatorOptions = {
  /** The compiled `worker-program`. */
  readonly workerUrl: URL;
  readonly clock: Clock;
  readonly killAfterMs?: number;
};

/** Evaluates in a thread that is killed when one expression does not end. */
export function createWorkerPolicyEvaluator(
  options: WorkerPolicyEvaluatorOptions,
): PolicyEvaluator {
  const state: State = {
    options: {
      workerUrl: options.workerUrl,
      clock: options.clock,
      killAfterMs: options.killAfterMs ?? KILL_AFTER_MS,
      startWithinMs: START_WITHIN_MS,
    },
    session: null,
    isClosed: false,
  };
  let tail: Promise<unknown> = Promise.resolve();
  return {
    evaluate(questions) {
      const turn = tail.then(() => answerAll(state, questions));
      tail = turn.catch(() => {});
      return turn;
    },
    async close() {
      state.isClosed = true;
      await endSession(state);
    },
  };
}

type State = {
  readonly options: SessionOptions;
  session: WorkerSession | null;
  isClosed: boolean;
};

async function answerAll(
  state: State,
  questions: readonly PolicyQuestion[],
): Promise<readonly PolicyAnswer[]> {
  const answers: PolicyAnswer[] = [];
  const stuck = new Map<string, number>();
  let tries = 0;
  // Each turn answers a question, or uses up one of its tries.
  while (answers.length < questions.length) {
    const next = questions[answers.length] as PolicyQuestion;
    if ((stuck.get(next.expression) ?? 0) >= MAX_STUCK) {
      answers.push({ state: 'error', why: describeStuck(state.options.killAfterMs) });
      continue;
    }
    const before = answers.length;
    const end = await runBatch(state, questions.slice(before, before + MAX_BATCH), answers, stuck);
    tries = answers.length === before ? tries + 1 : 1;
    if (end === null) tries = 0;
    if (end === null || tries < MAX_TRIES) continue;
    const culprit = questions[answers.length] as PolicyQuestion;
    stuck.set(culprit.expression, (stuck.get(culprit.expression) ?? 0) + 1);
    answers.push({ state: 'error', why: end });
    tries = 0;
  }
  return answers;
}

/** Null when the worker lived through it; else what ended it, at the first unanswered question. */
async function runBatch(
  state: State,
  questions: readonly PolicyQuestion[],
  answers: PolicyAnswer[],
  stuck: ReadonlyMap<string, number>,
): Promise<string | null> {
  const firstGivenUp = questions.findIndex((q) => (stuck.get(q.expression) ?? 0) >= MAX_STUCK);
  const batch = firstGivenUp === -1 ? questions : questions.slice(0, firstGivenUp);
  const session = await openSession(state);
  const end = await session.run(batch, (answer) => answers.push(answer));
  if (end === 'complete') return null;
  await endSession(state);
  if (state.isClosed) throw closedError();
  return end === 'timed-out'
    ? describeStuck(state.options.killAfterMs)
    : 'the expression used up the memory of its worker';
}

async function openSession(state: State): Promise<WorkerSession> {
  let cause: unknown;
  for (let start = 0; start < MAX_STARTS; start += 1) {
    if (state.isClosed) throw closedError();
    try {
      state.session ??= await startSession(state.options);
    } catch (error) {
      cause = error;
      continue;
    }
    if (!state.isClosed) return state.session;
    await endSession(state);
  }
  if (state.isClosed) throw closedError();
  throw new CodedError('P303', 'the worker that evaluates policies does not start', {
    remedy: 'retry',
    cause,
  });
}

async function endSession(state: State): Promise<void> {
  const { session } = state;
  state.session = null;
  await session?.end();
}

function describeStuck(killAfterMs: number): string {
  return `the expression did not end within ${killAfterMs} ms`;
}

function closedError(): Error {
  return new Error('the policy evaluator is closed');
}
