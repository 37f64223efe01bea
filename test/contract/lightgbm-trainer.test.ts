import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { requireContract } from '../../reconciler/core/contracts/parse-contract.ts';
import { measureAuc, scoreWithOnnxRuntime } from '../support/scored-model.ts';
import { openBundledTrainers } from '../support/trainer-installation.ts';
import { readScores, runTrainer, startTrainer, type TrainerRun } from '../support/trainer-run.ts';
import {
  FEATURES,
  readChannel,
  writeChannel,
  writeGivenRows,
  writeTrainingRows,
} from '../support/training-rows.ts';

/** Chance in rows and columns, so that the seed decides something. */
const RANDOM = { bagging_fraction: '0.8', bagging_freq: '1', feature_fraction: '0.7' };

/** Its own figure and ONNX Runtime's may differ by as much as float32 sums do. */
const TOLERANCE = 1e-6;

let argv: readonly string[];
const folders: string[] = [];

beforeAll(async () => {
  ({ argv } = await openBundledTrainers().ensure('lightgbm'));
}, 600_000);

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function makeRun(overrides: Partial<TrainerRun> = {}): Promise<TrainerRun> {
  const baseFolder = await mkdtemp(join(tmpdir(), 'plumbline-trainer-'));
  folders.push(baseFolder);
  await writeTrainingRows({ baseFolder, trainRows: 3000, validationRows: 800 });
  const hyperparameters = { num_boost_round: '90', num_leaves: '15', ...RANDOM };
  return { argv, baseFolder, features: FEATURES, hyperparameters, seed: 7, ...overrides };
}

const readModel = ({ baseFolder }: TrainerRun) => readFile(join(baseFolder, 'model/model.onnx'));
const readManifest = async ({ baseFolder }: TrainerRun) =>
  requireContract(
    'TrainerManifest',
    await readFile(join(baseFolder, 'model/manifest.json'), 'utf8'),
    {
      code: 'P804',
      what: 'the manifest',
    },
  );

async function train(run: TrainerRun): Promise<Buffer> {
  expect(await runTrainer(run)).toEqual({ exit: '0', output: '' });
  return readModel(run);
}

/** Scores of the validation rows by ONNX Runtime, beside those that the trainer wrote. */
async function compareScores({ baseFolder }: TrainerRun) {
  const { rows, features, labels } = await readChannel(baseFolder, 'validation');
  const modelFile = join(baseFolder, 'model/model.onnx');
  const measured = await scoreWithOnnxRuntime({ modelFile, features, rows });
  const claimed = await readScores(baseFolder);
  expect(claimed).toHaveLength(rows);
  const differences = claimed.map((score, row) => Math.abs(score - Number(measured[row])));
  return { measured, labels, worst: Math.max(...differences) };
}

describe('the model that it writes', () => {
  it('scores in ONNX Runtime as in LightGBM, also with missing values', async () => {
    const run = await makeRun();
    await train(run);
    const { measured, labels, worst } = await compareScores(run);
    expect(worst).toBeLessThan(TOLERANCE);
    const { metrics } = await readManifest(run);
    const claimed = metrics.find(({ name, split }) => name === 'auc' && split === 'validation');
    expect(claimed?.value).toBeCloseTo(measureAuc(labels, measured), 6);
    expect(claimed?.value).toBeGreaterThan(0.75);
  });

  it('decides as LightGBM does at each threshold, right beside it, and where numbers end', async () => {
    const run = await makeRun({ hyperparameters: { num_boost_round: '60', num_leaves: '31' } });
    const model = await train(run);
    await writeGivenRows(run.baseFolder, 'validation', await readBoundaryRows(run));
    // The validation rows do not change what is trained, only what is scored.
    expect((await train(run)).equals(model)).toBe(true);
    expect((await compareScores(run)).worst).toBeLessThan(TOLERANCE);
  });

  it('is described by its manifest', async () => {
    const run = await makeRun({ hyperparameters: { num_boost_round: '5' } });
    await train(run);
    const manifest = await readManifest(run);
    expect(manifest.inputs).toEqual([
      { name: 'features', datatype: 'FP32', shape: [-1, FEATURES.length] },
    ]);
    expect(manifest.outputs).toEqual([
      { name: 'score', datatype: 'FP32', shape: [-1, 1], meaning: 'probability-of-positive' },
    ]);
    expect(manifest.environment.framework).toMatch(/^lightgbm \d/);
    expect(await readdir(join(run.baseFolder, 'model'))).toEqual(['manifest.json', 'model.onnx']);
  });

  it('is one leaf when there is nothing to learn', async () => {
    const run = await makeRun({ hyperparameters: { min_data_in_leaf: '100000' } });
    await train(run);
    const { worst, measured } = await compareScores(run);
    expect(worst).toBeLessThan(TOLERANCE);
    expect(new Set(measured).size).toBe(1);
  });

  it('ends where the validation rows said that it was best', async () => {
    const early = { early_stopping_round: '5', num_boost_round: '400', learning_rate: '0.3' };
    const stopped = await makeRun({ hyperparameters: early });
    const whole = await makeRun({
      hyperparameters: { num_boost_round: '400', learning_rate: '0.3' },
    });
    const [short, long] = [await train(stopped), await train(whole)];
    expect(short.length).toBeLessThan(long.length / 2);
    expect((await compareScores(stopped)).worst).toBeLessThan(TOLERANCE);
  });
});

/** For each split of the model: rows whose feature is its threshold, or a neighbour of it. */
async function readBoundaryRows(run: TrainerRun): Promise<readonly (readonly string[])[]> {
  const [python = ''] = run.argv;
  const program = `
import sys, json, numpy, onnx, onnx.numpy_helper
nodes = next(n for n in onnx.load(sys.argv[1]).graph.node if n.op_type == "TreeEnsembleRegressor")
a = {x.name: onnx.helper.get_attribute_value(x) for x in nodes.attribute}
splits = [(f, v) for f, v, m in zip(a["nodes_featureids"], onnx.numpy_helper.to_array(a["nodes_values_as_tensor"]), a["nodes_modes"]) if m == b"BRANCH_LEQ"]
def around(v):
    v = numpy.float32(v)
    return [v, numpy.nextafter(v, numpy.float32(numpy.inf)), numpy.nextafter(v, numpy.float32(-numpy.inf))]
print(json.dumps([[f, "%.12g" % x] for f, v in dict.fromkeys(splits) for x in around(v)]))
`;
  const modelFile = join(run.baseFolder, 'model/model.onnx');
  const { stdout } = await promisify(execFile)(python, ['-I', '-c', program, modelFile], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const values = JSON.parse(stdout) as readonly (readonly [number, string])[];
  expect(values.length).toBeGreaterThan(300);
  const extremes = ['nan', 'null', 'inf', '-inf', '0', '-0', '1e-35', '-1e-35', '3.4e38', '1e-40'];
  const everywhere = FEATURES.flatMap((_, feature) =>
    extremes.map((extreme) => [feature, extreme] as const),
  );
  const plain = ['0.25', '3', '0.5', '2', '0.0001', '1000'];
  return [...values, ...everywhere].map(([feature, value]) =>
    plain.map((cell, index) => (index === feature ? value : cell)),
  );
}

describe('a run as a function', () => {
  it('gives the same bytes again, and others for another seed', async () => {
    const [first, again, other] = [
      await train(await makeRun()),
      await train(await makeRun()),
      await train(await makeRun({ seed: 8 })),
    ];
    expect(first.equals(again)).toBe(true);
    expect(first.equals(other)).toBe(false);
  });

  it('gives the same bytes after it was asked to stop and went on', async () => {
    const run = await makeLongRun();
    const whole = await train(await makeLongRun());
    await interrupt(run, 'terminate', '143');
    const latest = await readLatest(run);
    expect(latest.step % 20).toBe(0);
    expect(latest.step).toBeGreaterThan(0);
    const resumed = await train({ ...run, isResumed: true });
    expect(resumed.equals(whole)).toBe(true);
    expect(await readProgress(run)).toContain(`resumed at step ${latest.step}`);
  });

  it('starts afresh from a damaged checkpoint, and says so', async () => {
    const run = await makeLongRun();
    const whole = await train(await makeLongRun());
    await interrupt(run, 'terminate', '143');
    const { step } = await readLatest(run);
    const stateFile = join(run.baseFolder, 'checkpoints', String(step), 'state.json');
    const state = await readFile(stateFile);
    await writeFile(stateFile, state.subarray(0, state.length - 10));
    expect((await train({ ...run, isResumed: true })).equals(whole)).toBe(true);
    expect(await readProgress(run)).toContain('starts afresh: the latest checkpoint is damaged');
  });

  it('never goes on from a checkpoint of another seed', async () => {
    const run = await makeLongRun();
    await interrupt(run, 'terminate', '143');
    const other = { ...run, seed: 8, isResumed: true };
    expect((await train(other)).equals(await train({ ...run, seed: 8 }))).toBe(true);
    expect(await readProgress(run)).toContain('is of another seed');
  });

  it('gives the same bytes after it was killed', async () => {
    const run = await makeLongRun();
    await interrupt(run, 'kill', 'SIGKILL');
    const { step } = await readLatest(run);
    const resumed = await train({ ...run, isResumed: true });
    expect(resumed.equals(await train(await makeLongRun()))).toBe(true);
    expect(await readProgress(run)).toContain(`resumed at step ${step}`);
  });
});

/** Long enough to be interrupted right after its first checkpoint. */
function makeLongRun(): Promise<TrainerRun> {
  return makeRun({
    hyperparameters: {
      num_boost_round: '1500',
      num_leaves: '31',
      learning_rate: '0.02',
      ...RANDOM,
    },
  });
}

async function interrupt(run: TrainerRun, how: 'terminate' | 'kill', exit: string): Promise<void> {
  const running = await startTrainer(run);
  await vi.waitFor(() => readLatest(run), { timeout: 60_000 });
  running[how]();
  expect(await running.ended).toEqual({ exit, output: '' });
  await expect(readModel(run)).rejects.toThrow(/ENOENT/);
}

async function readLatest({ baseFolder }: TrainerRun): Promise<{ readonly step: number }> {
  return JSON.parse(await readFile(join(baseFolder, 'checkpoints/LATEST'), 'utf8')) as {
    step: number;
  };
}

const readProgress = ({ baseFolder }: TrainerRun) =>
  readFile(join(baseFolder, 'output/progress.jsonl'), 'utf8');

describe('what it refuses', () => {
  const asQuery = (columns: string) => `SELECT ${columns} FROM range(100) AS rows(i)`;
  const good = FEATURES.map((name) => `i::FLOAT AS ${name}`).join(', ');
  it.each([
    [
      'an unknown parameter',
      { objective: 'regression' },
      null,
      'unknown hyperparameter: objective',
    ],
    ['a parameter out of bounds', { learning_rate: '-1' }, null, 'learning_rate must be a number'],
    ['a parameter that is no number', { num_leaves: 'many' }, null, 'num_leaves must be a whole'],
    ['a fraction of a leaf', { num_leaves: '7.5' }, null, 'num_leaves must be a whole number'],
    ['no such column', {}, 'i::INTEGER % 2 AS label', 'column amount is missing'],
    ['another type', {}, `${good.replace('FLOAT', 'DOUBLE')}, 1 AS label`, 'must be float32'],
    ['a third label', {}, `${good}, (i % 3)::INTEGER AS label`, '33 rows have a label that is'],
    ['a missing label', {}, `${good}, nullif(i % 2, 1)::INTEGER AS label`, '50 rows have no label'],
    ['one label alone', {}, `${good}, 1::INTEGER AS label`, 'needs rows of both labels'],
  ])('%s', async (_, hyperparameters, columns, reason) => {
    const run = await makeRun({ hyperparameters });
    if (columns !== null) await writeChannel(run.baseFolder, 'train', asQuery(columns));
    const { exit, output } = await runTrainer(run);
    expect(exit).toBe('10');
    const failure = await readFile(join(run.baseFolder, 'output/failure'), 'utf8');
    expect(failure).toContain(reason);
    expect(failure.length).toBeLessThanOrEqual(1024);
    expect(output).toBe(`${failure}\n`);
    await expect(readModel(run)).rejects.toThrow(/ENOENT/);
  });

  it('a file that is no Parquet', async () => {
    const run = await makeRun();
    await writeFile(join(run.baseFolder, 'input/data/validation/data.parquet'), 'PAR1 secret');
    expect((await runTrainer(run)).exit).toBe('10');
    const failure = await readFile(join(run.baseFolder, 'output/failure'), 'utf8');
    expect(failure).toBe('channel validation: data.parquet is not a Parquet file');
  });
});
