/** A bundled program for tests: `sample-program-child.ts <verb> <job file>`. */
import { answerJob } from '../../reconciler/adapters/program-runner/process/answer-job.ts';
import { PROCESS_VERBS, SAMPLE_VERBS } from './sample-programs.ts';

await answerJob({ ...SAMPLE_VERBS, ...PROCESS_VERBS });
