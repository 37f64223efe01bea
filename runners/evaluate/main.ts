import { fileURLToPath } from 'node:url';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createSystemStopwatch } from '../../reconciler/adapters/clock/system/stopwatch.ts';
import { answerJob } from '../../reconciler/adapters/program-runner/process/answer-job.ts';
import { evaluate } from './evaluate.ts';
import { parseJob } from './parse-job.ts';

/** A model that takes longer to load, or for a few thousand rows, cannot be served either. */
const LIMITS = { callMs: 60_000, memoryMb: 2048 };

const SCORE_PROGRAM = fileURLToPath(new URL('./score-program.js', import.meta.url));

await answerJob({
  evaluate: (json, { resolvePath, scratchFolder }) =>
    evaluate(parseJob(json, resolvePath), {
      clock: createSystemClock(),
      stopwatch: createSystemStopwatch(),
      scoreProgram: SCORE_PROGRAM,
      scratchFolder,
      limits: LIMITS,
    }),
});
