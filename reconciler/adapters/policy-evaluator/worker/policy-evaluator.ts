import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { Clock } from '../../../ports/clock.ts';
import type {
  PolicyAnswer,
  PolicyEvaluator,
  PolicyQuestion,
} from '../../../ports/policy-evaluator.ts';
import { type SessionOptions, startSession, type WorkerSession } from './session.ts';

/**
 * How long one expression may run, try by try. A revision is judged once, so an expression that
 * only came too late because the machine was busy must not refuse it: it gets a second, longer try.
 */
const KILL_AFTER_MS: readonly number[] = [250, 1_000];
/** Loading the engine takes a tenth of a second; a busy machine may need much longer. */
const START_WITHIN_MS = 20_000;
const MAX_STARTS = 3;
/** Bounds what is copied to the worker at once. */
const MAX_BATCH = 256;
/** After this many questions an expression is given up for the batch, or it could cost hours. */
const MAX_STUCK = 2;

export type WorkerPolicyEvaluatorOptions = {
  /** The compiled `worker-program`. */
  readonly workerUrl: URL;
  readonly clock: Clock;
};

/** Evaluates in a thread that is killed when one expression does not end. */
export function createWorkerPolicyEvaluator(
  options: WorkerPolicyEvaluatorOptions,
): PolicyEvaluator {
  const state: State = {
    options: {
      workerUrl: options.workerUrl,
      clock: options.clock,
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
  const isGivenUp = ({ expression }: PolicyQuestion) => (stuck.get(expression) ?? 0) >= MAX_STUCK;
  let tries = 0;
  // Each turn answers a question, or uses up one of its tries.
  while (answers.length < questions.length) {
    const start = answers.length;
    const batch = takeUntil(questions.slice(start, start + MAX_BATCH), isGivenUp);
    if (batch.length === 0) {
      answers.push({
        state: 'error',
        why: 'the expression did not end for others, and is given up',
      });
      continue;
    }
    const failure = await runBatch(state, batch, answers, KILL_AFTER_MS[tries] as number);
    // The first question of a batch may have been tried before; any other is at its first try.
    tries = failure === null ? 0 : answers.length === start ? tries + 1 : 1;
    if (failure === null || tries < KILL_AFTER_MS.length) continue;
    const { expression } = questions[answers.length] as PolicyQuestion;
    stuck.set(expression, (stuck.get(expression) ?? 0) + 1);
    answers.push({ state: 'error', why: failure });
    tries = 0;
  }
  return answers;
}

function takeUntil<T>(items: readonly T[], isEnd: (item: T) => boolean): readonly T[] {
  const end = items.findIndex(isEnd);
  return end === -1 ? items : items.slice(0, end);
}

/** Null when the worker lived through it; else what ended it, at the first unanswered question. */
async function runBatch(
  state: State,
  batch: readonly PolicyQuestion[],
  answers: PolicyAnswer[],
  killAfterMs: number,
): Promise<string | null> {
  const session = await openSession(state);
  const end = await session.run(batch, (answer) => answers.push(answer), killAfterMs);
  if (end === 'complete') return null;
  await endSession(state);
  if (state.isClosed) throw closedError();
  return end === 'timed-out'
    ? 'the expression did not end in time'
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

function closedError(): Error {
  return new Error('the policy evaluator is closed');
}
