import type { Clock } from '../ports/clock.ts';

/** How many answers are awaited at the same time. */
const WIDTH = 16;
/** After this long a question no longer keeps the next one from being asked. */
const SLOW_MS = 500;

/**
 * Asks about many things, a few at a time, and gives the answers in their order. Whatever is slow
 * to answer is still waited for, but not by the others: if hundreds hang, all of them together
 * cost little more than one.
 */
export async function readMany<Question, Answer>(
  clock: Clock,
  questions: readonly Question[],
  ask: (question: Question) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Promise<Answer>[] = [];
  const next = questions.values();
  const askInTurn = async (): Promise<void> => {
    for (const question of next) {
      const answer = ask(question);
      answers.push(answer);
      await withinReason(clock, answer);
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, askInTurn));
  return Promise.all(answers);
}

async function withinReason(clock: Clock, answer: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  try {
    await Promise.race([answer, clock.sleep(SLOW_MS, timer.signal)]);
  } finally {
    timer.abort('over');
  }
}
