import { mkdir } from 'node:fs/promises';
import type { Json, JsonObject } from '../../reconciler/core/contracts/json.ts';
import { makeCardFraud } from './card-fraud.ts';
import { parseSynthesizeJob } from './parse-job.ts';
import { writeCardFraud } from './write-card-fraud.ts';

/** Writes the scenario's files and answers how many rows they have. */
export async function synthesize(
  json: Json,
  deps: { readonly resolvePath: (path: string) => string },
): Promise<JsonObject> {
  const job = parseSynthesizeJob(json);
  const folder = deps.resolvePath(job.outputFolder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { transactions, labels } = makeCardFraud(job);
  await writeCardFraud(folder, { transactions, labels });
  return { transactions: transactions.length, labels: labels.length };
}
