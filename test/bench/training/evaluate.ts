/*
 * Rows per second of a whole evaluation: starting both processes, checking and probing the model,
 * reading Parquet, scoring every row, measuring, fitting the reference and writing the result. The
 * baseline is the bare library in one process that scores the same rows, which lie in memory
 * already; loading the model is not part of it. Both use one thread for the model. Not measured:
 * slices, and models larger than a hundred trees.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { createSeededRandomness } from '../../../reconciler/adapters/randomness/seeded/randomness.ts';
import { makeEvaluateFolder, toFeatures } from '../../support/evaluate-runs.ts';
import { makeForestModel } from '../../support/onnx-models.ts';
import { type BenchCase, type BenchContext, type Figure, median, takeSeconds } from '../bench.ts';

const PROGRAM = fileURLToPath(new URL('../../../dist/runners/evaluate/main.js', import.meta.url));
const ROWS = { train: 400_000, validation: 50_000, test: 50_000 };
const BATCH_ROWS = 8192;
const REPETITIONS = 3;

export const evaluateCase: BenchCase = { name: 'evaluate', measure: measureEvaluate };

async function measureEvaluate({ seed, note }: BenchContext): Promise<readonly Figure[]> {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: npm run build`);
  const randomness = createSeededRandomness(seed);
  const model = makeForestModel({
    features: 2,
    trees: 100,
    depth: 6,
    fraction: () => randomness.fraction(),
  });
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const folder = await makeEvaluateFolder(ROWS);
  try {
    const scores = [...(await scoreBare(session, ROWS.validation))];
    await folder.writeModel(model);
    await folder.write('output/data/scores.json', JSON.stringify({ v: 1, scores }));
    const rows = ROWS.train + ROWS.validation + ROWS.test;
    const seconds: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
    for (let round = 0; round < REPETITIONS; round += 1) {
      seconds.bare.push(await takeSeconds(() => scoreBare(session, rows)));
      seconds.ours.push(await takeSeconds(() => runProgram(folder.base)));
    }
    note(`${rows} rows of 2 features, 100 trees of depth 6`);
    const [value, baseline] = [rows / median(seconds.ours), rows / median(seconds.bare)];
    return [{ metric: 'per_second', value, baseline, n: REPETITIONS }];
  } finally {
    await folder.remove();
    await session.release();
  }
}

async function runProgram(base: string): Promise<void> {
  const args = [PROGRAM, 'evaluate', 'input/config/evaluate.json'];
  await promisify(execFile)(process.execPath, args, { env: { PLUMBLINE_BASE_DIR: base } });
}

async function scoreBare(session: InferenceSession, rows: number): Promise<Float32Array> {
  const scores = new Float32Array(rows);
  for (let first = 0; first < rows; first += BATCH_ROWS) {
    const count = Math.min(BATCH_ROWS, rows - first);
    const features = new Float32Array(count * 2);
    for (let row = 0; row < count; row += 1) features.set(toFeatures(first + row), row * 2);
    const input = new Tensor('float32', features, [count, 2]);
    const { score } = await session.run({ features: input });
    scores.set(score?.data as Float32Array, first);
  }
  return scores;
}
