import { answerJob } from '../../reconciler/adapters/program-runner/process/answer-job.ts';
import { synthesize } from './synthesize.ts';

await answerJob({ synthesize });
