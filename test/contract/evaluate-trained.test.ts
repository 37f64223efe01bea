import { execFile } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createOciLayoutArtifactStore } from '../../reconciler/adapters/artifact-store/oci-layout/artifact-store.ts';
import { createSystemRandomness } from '../../reconciler/adapters/randomness/system/randomness.ts';
import { requireContract } from '../../reconciler/core/contracts/parse-contract.ts';
import { judgeGates } from '../../reconciler/core/evaluation/judge-gates.ts';
import { type EvaluateFolder, FEATURES, makeEvaluateFolder } from '../support/evaluate-runs.ts';
import { openBundledTrainers } from '../support/trainer-installation.ts';
import { runTrainer } from '../support/trainer-run.ts';
import { makeRecord } from '../support/version-records.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/runners/evaluate/main.js', import.meta.url));

/** Making the trainer's environment takes minutes the first time. */
const MAKING_MS = 600_000;

let argv: readonly string[];
let folder: EvaluateFolder;

beforeAll(async () => {
  ({ argv } = await openBundledTrainers().ensure('lightgbm'));
  folder = await makeEvaluateFolder({ train: 4_000, validation: 800, test: 1_000 });
}, MAKING_MS);

afterAll(() => folder.remove());

it('what the bundled trainer leaves is taken, measured and published as it is', async () => {
  const { base } = folder;
  // Made anew, so that nothing of the hand-written model is left.
  for (const name of ['model', 'output']) {
    await rm(join(base, name), { recursive: true });
    await mkdir(join(base, name));
  }
  await mkdir(join(base, 'output/data'));
  const hyperparameters = { num_boost_round: '20', num_leaves: '15', learning_rate: '0.2' };
  const run = { argv, baseFolder: base, features: FEATURES, hyperparameters, seed: 7 };
  expect(await runTrainer(run)).toMatchObject({ exit: '0' });
  await promisify(execFile)(process.execPath, [PROGRAM, 'evaluate', 'input/config/evaluate.json'], {
    env: { PLUMBLINE_BASE_DIR: base },
  });
  const read = (name: string) => readFile(join(base, 'result', name), 'utf8');
  const failure = { code: 'P804', what: 'the result' } as const;
  const manifest = requireContract('ModelManifest', await read('manifest.json'), failure);
  const report = requireContract('EvaluationReport', await read('evaluation.json'), failure);
  expect(manifest.environment.framework).toMatch(/^lightgbm /);
  expect(manifest.opset).toEqual({ 'ai.onnx': 17, 'ai.onnx.ml': 3 });
  expect(report.agreement.largestDifference).toBeLessThan(1e-6);
  // Four rows of five can be told from the first feature alone.
  const gates = [
    { metric: 'auc', slice: null, minimum: 0.75 },
    { metric: 'average-precision', slice: { column: 'group', value: 'a' }, minimum: 0.5 },
  ];
  expect(judgeGates(gates, report).verdicts.map(({ verdict }) => verdict)).toEqual([
    'pass',
    'pass',
  ]);
  const store = createOciLayoutArtifactStore({
    folder: join(base, 'artifacts'),
    randomness: createSystemRandomness(),
  });
  const record = makeRecord(manifest, { evaluation: report });
  const modelFile = join(base, 'result/model.onnx');
  const { version } = await store.publish({ manifest, modelFile, record });
  expect(await store.find(version)).toMatchObject({ manifest, record });
});
