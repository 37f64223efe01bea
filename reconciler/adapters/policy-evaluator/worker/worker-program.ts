import { parentPort, workerData } from 'node:worker_threads';
import { createCelCache, evaluateCel } from '../../../core/policy/evaluate-cel.ts';
import type { PolicyQuestion } from '../../../ports/policy-evaluator.ts';
import type { FromWorker, ToWorker, WorkerStart } from './protocol.ts';

/*
 * The thread in which expressions run. It says each answer at once and counts in shared memory
 * where it is, since a thread that is stuck in an expression can say nothing.
 */

const MAX_PROGRAMS = 1024;

function serve(port: NonNullable<typeof parentPort>, start: WorkerStart): void {
  const progress = new Int32Array(start.progress);
  const cache = createCelCache(MAX_PROGRAMS);
  const say = (message: FromWorker) => port.postMessage(message);
  const answer = (question: PolicyQuestion) =>
    evaluateCel(cache.get(question.expression), question.input);

  port.on('message', (message: ToWorker) => {
    for (const question of message.questions) {
      Atomics.add(progress, 0, 1);
      say({ type: 'answer', answer: answer(question) });
    }
  });
  // The first expression pays for loading the engine; no question should.
  answer({ expression: '[1, 2].all(n, n > 0)', input: {} });
  say({ type: 'ready' });
}

if (parentPort === null) throw new Error('this program runs in a worker thread');
serve(parentPort, workerData as WorkerStart);
