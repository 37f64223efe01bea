import { z } from 'zod';
import type { Json } from '../../reconciler/core/contracts/json.ts';
import type { EvaluateJob } from '../../reconciler/core/contracts/runner-jobs.ts';
import { fault } from './refuse.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const name = z.string().min(1).max(256);
const path = z.string().min(1).max(4096);

const contract = z.strictObject({
  v: z.literal(1),
  views: z
    .array(
      z.strictObject({
        view: name,
        definitionDigest: digest,
        keys: z.array(name).min(1).max(8),
        timeToLiveSeconds: z.int().min(1).nullable(),
      }),
    )
    .max(64),
  features: z
    .array(
      z.strictObject({
        name,
        view: name.nullable(),
        kind: z.enum(['number', 'category']),
        categories: z.array(z.string().max(256)).max(1024),
      }),
    )
    .min(1)
    .max(1024),
});

const job = z.strictObject({
  v: z.literal(1),
  runKey: digest,
  task: z.literal('binary-classification'),
  contract,
  slices: z.array(name).max(32),
  training: z.strictObject({
    modelDigest: digest,
    snapshotDigest: digest,
    trainerDigest: digest,
    asOf: z.string().max(64),
    seed: z.int().min(0).max(0xffff_ffff),
  }),
  limits: z.strictObject({
    maxModelBytes: z
      .int()
      .min(1)
      .max(2 ** 31 - 1),
  }),
  modelFolder: path,
  dataFolder: path,
  digestsFile: path,
  predictionsFile: path,
  outputFolder: path,
});

/** With absolute paths. */
export function parseJob(value: Json, resolvePath: (path: string) => string): EvaluateJob {
  const parsed = job.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw fault(`the job is malformed at /${issue?.path.join('/') ?? ''}: ${issue?.message ?? ''}`);
  }
  const { modelFolder, dataFolder, digestsFile, predictionsFile, outputFolder } = parsed.data;
  return {
    ...parsed.data,
    modelFolder: resolvePath(modelFolder),
    dataFolder: resolvePath(dataFolder),
    digestsFile: resolvePath(digestsFile),
    predictionsFile: resolvePath(predictionsFile),
    outputFolder: resolvePath(outputFolder),
  };
}
