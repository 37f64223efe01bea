import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { digestJson } from '../../reconciler/core/contracts/digest.ts';
import { requireContract } from '../../reconciler/core/contracts/parse-contract.ts';
import {
  parseAnswerLine,
  type RunnerAnswer,
} from '../../reconciler/core/contracts/runner-answer.ts';
import {
  BIAS,
  type EvaluateFolder,
  FEATURES,
  makeEvaluateFolder,
  toScore,
  WEIGHTS,
  writeDigests,
} from '../support/evaluate-runs.ts';
import { makeSigmoidModel, makeTreeModel } from '../support/onnx-models.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/runners/evaluate/main.js', import.meta.url));

/** A kill limit, not a measure. */
const KILL_MS = 50_000;

const made: EvaluateFolder[] = [];

afterAll(() => Promise.all(made.map(({ remove }) => remove())));

async function make(...rows: Parameters<typeof makeEvaluateFolder>): Promise<EvaluateFolder> {
  const folder = await makeEvaluateFolder(...rows);
  made.push(folder);
  return folder;
}

type End = { readonly code: number; readonly answer: RunnerAnswer | null };

/** As the supervisor of a run starts it, in a process of its own. */
function run({ base }: EvaluateFolder, ...args: readonly string[]): Promise<End> {
  const argv = args.length === 0 ? ['evaluate', 'input/config/evaluate.json'] : args;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [PROGRAM, ...argv],
      { cwd: base, env: { PLUMBLINE_BASE_DIR: base }, timeout: KILL_MS, killSignal: 'SIGKILL' },
      (_, stdout) => {
        const answer = parseAnswerLine(stdout.trimEnd().split('\n').at(-1) ?? '');
        resolve({ code: child.exitCode ?? -1, answer });
      },
    );
  });
}

async function readResult({ base }: EvaluateFolder) {
  const read = (name: string) => readFile(join(base, 'result', name), 'utf8');
  const failure = (what: string) => ({ code: 'P804', what }) as const;
  return {
    names: (await readdir(join(base, 'result'))).sort(),
    manifestText: await read('manifest.json'),
    manifest: requireContract('ModelManifest', await read('manifest.json'), failure('manifest')),
    report: requireContract('EvaluationReport', await read('evaluation.json'), failure('report')),
  };
}

describe('evaluate', () => {
  it('completes the manifest of a good model, and measures it', async () => {
    const folder = await make();
    const { code, answer } = await run(folder);
    expect(answer).toMatchObject({ state: 'done', result: { rows: { test: 200 } } });
    expect(code).toBe(0);
    const { names, manifest, report } = await readResult(folder);
    expect(names).toEqual(['evaluation.json', 'manifest.json', 'model.onnx']);
    const model = makeSigmoidModel({ weights: WEIGHTS, bias: BIAS });
    expect(new Uint8Array(await readFile(join(folder.base, 'result/model.onnx')))).toEqual(model);
    expect(manifest).toMatchObject({
      sizeBytes: model.length,
      opset: { 'ai.onnx': 17 },
      contractDigest: digestJson(folder.job.contract),
      training: { runKey: folder.job.runKey, rows: 400, seed: 7 },
    });
    expect(report.rows).toEqual({ train: 400, validation: 120, test: 200 });
    expect(report.agreement.rows).toBe(120);
    expect(report.agreement.largestDifference).toBeLessThan(1e-6);
    expect(report.probe.loadMs).toBeGreaterThan(0);
    expect(report.probe.singleRowMs).toBeGreaterThan(0);
  });

  it('counts the test rows as anybody can by hand', async () => {
    const folder = await make();
    await run(folder);
    const { report } = await readResult(folder);
    const rows = Array.from({ length: 200 }, (_, row) => ({
      score: toScore(row),
      label: row % 5 === 0 ? row % 2 : Number((row * 37) % 101 > 50),
      group: row % 3 === 0 ? 'b' : 'a',
    }));
    const toAuc = (chosen: typeof rows) => {
      const of = (label: number) => chosen.filter((one) => one.label === label);
      const pairs = of(1).flatMap(({ score }) =>
        of(0).map((other) => (score > other.score ? 1 : score < other.score ? 0 : 0.5)),
      );
      return pairs.reduce<number>((sum, one) => sum + one, 0) / pairs.length;
    };
    const find = (name: string, value: string | null) =>
      report.metrics.find((one) => one.name === name && (one.slice?.value ?? null) === value);
    const ofA = rows.filter(({ group }) => group === 'a');
    // Scores are float32 here: rows that differ by less may tie, and a tie counts half.
    expect(find('auc', null)?.value).toBeCloseTo(toAuc(rows), 3);
    expect(find('auc', 'a')?.value).toBeCloseTo(toAuc(ofA), 3);
    expect(find('auc', 'a')?.rows).toBe(ofA.length);
    const right = rows.filter(({ score, label }) => Number(score >= 0.5) === label).length;
    expect(find('accuracy', null)?.value).toBe(right / 200);
    expect(find('recall', 'b')?.interval?.method).toBe('wilson');
    expect(find('auc', null)?.interval?.method).toBe('delong');
  });

  it('writes the same manifest twice, whatever the time', async () => {
    const folder = await make();
    await run(folder);
    const first = await readResult(folder);
    await run(folder);
    expect((await readResult(folder)).manifestText).toBe(first.manifestText);
  });

  it('fits the drift reference on the training rows, missing ones apart', async () => {
    const folder = await make();
    await run(folder);
    const { reference } = (await readResult(folder)).manifest;
    expect(reference.rows).toBe(400);
    expect(reference.features.map(({ name }) => name)).toEqual(FEATURES);
    const [amount, age] = reference.features;
    expect(amount?.edges).toHaveLength(9);
    expect(age).toMatchObject({ null: 40, nonFinite: 0 });
    for (const { counts, null: missing } of reference.features) {
      expect(counts.reduce((sum, one) => sum + one, 0) + (missing ?? 0)).toBe(400);
    }
    expect(reference.score.counts.reduce((sum, one) => sum + one, 0)).toBe(400);
  });

  it('measures a tree, whose operator is in another domain', async () => {
    const folder = await make();
    const shape = { features: 2, feature: 0, threshold: 0.25, below: -1, above: 2 };
    const model = makeTreeModel(shape);
    await folder.writeModel(model);
    const toLeaf = (row: number) => (((row * 37) % 101) / 50 - 1 < 0.25 ? -1 : 2);
    const scores = Array.from({ length: 120 }, (_, row) => 1 / (1 + Math.exp(-toLeaf(row))));
    await folder.write('output/data/scores.json', JSON.stringify({ v: 1, scores }));
    expect(await run(folder)).toMatchObject({ code: 0, answer: { state: 'done' } });
    expect((await readResult(folder)).manifest.opset).toEqual({ 'ai.onnx': 17, 'ai.onnx.ml': 3 });
  });

  it('scores many rows in batches, in their order', async () => {
    const folder = await make({ train: 40_000, validation: 9_000, test: 20_000 });
    expect(await run(folder)).toMatchObject({ code: 0, answer: { state: 'done' } });
    const { report } = await readResult(folder);
    expect(report.agreement).toMatchObject({ rows: 9_000 });
    expect(report.agreement.largestDifference).toBeLessThan(1e-6);
    expect(report.rows.train).toBe(40_000);
  });

  it.each([
    ['a malformed job', 'input/config/evaluate.json', '{"v":1}', 'the job is malformed'],
    ['rows without digests', 'input/config/digests.json', '{"v":1,"files":{}}', 'wrote down'],
    ['digests of another shape', 'input/config/digests.json', '[]', 'malformed'],
    ['data of another shape', 'input/data/test/data.parquet', 'no rows', 'test/data.parquet'],
  ])('says P808 for %s, which is no fault of the model', async (_, path, content, words) => {
    const folder = await make();
    await folder.write(path, content);
    if (path.endsWith('.parquet')) await writeDigests(folder.base);
    const { code, answer } = await run(folder);
    expect(code).toBe(10);
    expect(answer).toMatchObject({ state: 'failed', code: 'P808' });
    expect(answer?.state === 'failed' && answer.message).toContain(words);
  });
});
