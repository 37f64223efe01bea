import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { digestJson } from '../../reconciler/core/contracts/digest.ts';
import type { EvaluateJob } from '../../reconciler/core/contracts/runner-jobs.ts';
import { makeContract, makeSigmoidModel, makeTrainerManifest } from './onnx-models.ts';

/** Two features, of which the first decides; some are missing. */
export const FEATURES = ['amount', 'age'] as const;
export const WEIGHTS = [2, -0.5] as const;
export const BIAS = 0.25;

export type EvaluateFolder = {
  readonly base: string;
  readonly job: EvaluateJob;
  /** Replaces files of the run, by their path below its base. */
  readonly write: (path: string, content: string | Uint8Array) => Promise<void>;
  /** A model with the manifest of a trainer that tells the truth about it. */
  readonly writeModel: (model: Uint8Array, manifest?: object) => Promise<void>;
  readonly remove: () => Promise<void>;
};

/** A run that something is wrong with, and what is said of it. */
export type SpoiledCase = readonly [
  what: string,
  spoil: (folder: EvaluateFolder) => Promise<void>,
  reason: string | RegExp,
];

/** Spoils a run by another model, with a manifest that tells the truth but for this. */
export function withModel(model: Uint8Array, manifest?: object): SpoiledCase[1] {
  return (folder) => folder.writeModel(model, manifest);
}

export type EvaluateRows = {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
};

/** The base folder of a run right after training: good in every part. */
export async function makeEvaluateFolder(
  rows: EvaluateRows = { train: 400, validation: 120, test: 200 },
): Promise<EvaluateFolder> {
  const base = await mkdtemp(join(tmpdir(), 'plumbline-evaluate-'));
  const write = async (path: string, content: string | Uint8Array) => {
    await mkdir(join(base, path, '..'), { recursive: true });
    await writeFile(join(base, path), content);
  };
  const job = makeJob();
  const writeModel = async (model: Uint8Array, manifest: object = {}) => {
    await write('model/model.onnx', model);
    const truth = makeTrainerManifest({ model, contract: job.contract });
    await write('model/manifest.json', JSON.stringify({ ...truth, ...manifest }));
  };
  await writeRows(base, rows);
  await writeDigests(base);
  await writeModel(makeSigmoidModel({ weights: WEIGHTS, bias: BIAS }));
  const validation = Array.from({ length: rows.validation }, (_, row) => toScore(row));
  await write('output/data/scores.json', JSON.stringify({ v: 1, scores: validation }));
  await write('input/config/evaluate.json', JSON.stringify(job));
  return { base, job, write, writeModel, remove: () => rm(base, { recursive: true, force: true }) };
}

function makeJob(): EvaluateJob {
  return {
    v: 1,
    runKey: digestJson('run'),
    task: 'binary-classification',
    contract: makeContract(FEATURES),
    slices: ['group'],
    training: {
      modelDigest: digestJson('model'),
      snapshotDigest: digestJson('snapshot'),
      trainerDigest: digestJson('trainer'),
      asOf: '2026-06-01T00:00:00Z',
      seed: 7,
    },
    limits: { maxModelBytes: 1024 * 1024 },
    modelFolder: 'model',
    dataFolder: 'input/data',
    digestsFile: 'input/config/digests.json',
    predictionsFile: 'output/data/scores.json',
    outputFolder: 'result',
  };
}

/** As a supervisor does after the preparation. */
export async function writeDigests(base: string): Promise<void> {
  const files: Record<string, string> = {};
  for (const split of ['train', 'validation', 'test']) {
    const bytes = await readFile(join(base, 'input/data', split, 'data.parquet'));
    const digest = createHash('sha256').update(bytes).digest('hex');
    files[`${split}/data.parquet`] = `sha256:${digest}`;
  }
  await mkdir(join(base, 'input/config'), { recursive: true });
  await writeFile(join(base, 'input/config/digests.json'), JSON.stringify({ v: 1, files }));
}

/** The same row number means the same row, in every split. */
async function writeRows(base: string, rows: EvaluateRows): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const [split, count] of Object.entries(rows)) {
    const folder = join(base, 'input/data', split);
    await mkdir(folder, { recursive: true });
    const slice =
      split === 'test' ? ", CASE WHEN i % 3 = 0 THEN 'b' ELSE 'a' END AS slice_group" : '';
    await connection.run(`COPY (
      SELECT ((i * 37 % 101) / 50.0 - 1)::FLOAT AS amount,
        CASE WHEN i % 10 = 9 THEN NULL ELSE (i % 7)::FLOAT END AS age,
        (CASE WHEN i % 5 = 0 THEN i % 2 ELSE ((i * 37 % 101) > 50)::INTEGER END)::INTEGER AS label
        ${slice}
      FROM range(${count}) AS rows(i) ORDER BY i
    ) TO '${join(folder, 'data.parquet')}' (FORMAT parquet)`);
  }
  connection.closeSync();
  instance.closeSync();
}

/** Of a row, as its file has them. */
export function toFeatures(row: number): readonly [amount: number, age: number] {
  return [((row * 37) % 101) / 50 - 1, row % 10 === 9 ? Number.NaN : row % 7];
}

/** What the good model answers for a row, in doubles. */
export function toScore(row: number): number {
  const [amount, age] = toFeatures(row);
  const logit = WEIGHTS[0] * amount + WEIGHTS[1] * (Number.isNaN(age) ? 0 : age) + BIAS;
  return 1 / (1 + Math.exp(-logit));
}
