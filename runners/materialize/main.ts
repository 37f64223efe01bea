import {
  answerJob,
  type JobVerb,
} from '../../reconciler/adapters/program-runner/process/answer-job.ts';
import { ingest } from './ingest.ts';
import { materialiseOnline, type OnlineDeps } from './online.ts';
import { makeTrainingSet } from './training-set.ts';

const withWriter: OnlineDeps['withWriter'] = async (url, work) => {
  const { createPostgresDatabase } = await import(
    '../../reconciler/adapters/database/postgres/database.ts'
  );
  const { openPostgresOnlineRowWriter } = await import(
    '../../reconciler/adapters/online-features/postgres/online-row-writer.ts'
  );
  // One transaction needs one connection.
  const database = createPostgresDatabase({ url, maxConnections: 1 });
  try {
    return await work(await openPostgresOnlineRowWriter({ database }));
  } finally {
    await database.close();
  }
};

/** Tables of rows become other tables of rows, one job at a time. */
const VERBS: Readonly<Record<string, JobVerb>> = {
  ingest,
  online: (job, deps) => materialiseOnline(job, { ...deps, withWriter }),
  'training-set': makeTrainingSet,
};

await answerJob(VERBS);
