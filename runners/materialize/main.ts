import {
  answerJob,
  type JobVerb,
} from '../../reconciler/adapters/program-runner/process/answer-job.ts';
import { ingest } from './ingest.ts';

/** Tables of rows become other tables of rows, one job at a time. */
const VERBS: Readonly<Record<string, JobVerb>> = {
  ingest,
};

await answerJob(VERBS);
