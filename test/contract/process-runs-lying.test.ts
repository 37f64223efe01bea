import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../reconciler/core/contracts/json.ts';
import type { RunObservation } from '../../reconciler/ports/runs.ts';
import { type EvaluateFolder, makeEvaluateFolder } from '../support/evaluate-runs.ts';
import { hasRunEnded, tendUntil, writeProgram } from '../support/run-requests.ts';
import { RUN_KEY, useRunStage } from '../support/run-stage.ts';

/*
 * A training between the real supervisor and the real evaluation: the trainer runs as the same user
 * and knows every path, so it may do to the rows whatever it likes, and is not believed.
 */

const EVALUATE = fileURLToPath(new URL('../../dist/runners/evaluate/main.js', import.meta.url));

const { folder, base, startSteps } = useRunStage();
let good: EvaluateFolder;
/** Rows of the same shape, on which another model would look better. */
let other: EvaluateFolder;

beforeEach(async () => {
  good = await makeEvaluateFolder();
  other = await makeEvaluateFolder({ train: 300, validation: 90, test: 50 });
});
afterEach(() => Promise.all([good.remove(), other.remove()]));

/** Leaves the good model, after it did what `lie` says. */
const toTrainer = (lie: string) => `
  import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync,
    writeFileSync } from 'node:fs';
  const { env } = process;
  const isFirst = env.PLUMBLINE_ATTEMPT === '1';
  const elsewhere = '${other.base}';
  const theirs = (split) => elsewhere + '/input/data/' + split;
  const open = () => ['input', 'input/config', 'input/data', 'input/data/train',
    'input/data/validation', 'input/data/test'].forEach((path) => {
      if (existsSync(path)) chmodSync(path, 0o700);
    });
  const replace = (split, path = 'input/data/' + split) => {
    open();
    rmSync(path, { recursive: true, force: true });
    cpSync(theirs(split), path, { recursive: true });
  };
  ${lie}
  for (const name of ['model', 'output']) cpSync('${good.base}/' + name, name, { recursive: true });
`;

async function trainAndEvaluate(lie: string): Promise<RunObservation> {
  const { base: ready, job } = good;
  const copy = `import { cpSync } from 'node:fs';
    cpSync('${ready}/input/data', 'input/data', { recursive: true });`;
  const steps = [
    { name: 'prepare' as const, argv: await writeProgram(folder(), 'prepare', copy), job: null },
    {
      name: 'train' as const,
      argv: await writeProgram(folder(), 'train', toTrainer(lie)),
      job: null,
    },
    {
      name: 'evaluate' as const,
      argv: [process.execPath, EVALUATE, 'evaluate'],
      job: JSON.parse(JSON.stringify(job)) as JsonObject,
    },
  ];
  return tendUntil(await startSteps(steps), RUN_KEY, hasRunEnded);
}

const readReport = async () =>
  JSON.parse(await readFile(join(base(), 'result', 'evaluation.json'), 'utf8'));

describe('a trainer and the rows that it is measured on', () => {
  it('does not find them while it trains, and they are there when it is measured', async () => {
    const seen = await trainAndEvaluate(`
      writeFileSync('output/found.json', JSON.stringify({
        data: readdirSync('input/data'), channels: env.SM_CHANNELS, test: env.SM_CHANNEL_TEST }));`);
    expect(seen).toMatchObject({ state: 'succeeded', attempts: 1 });
    expect(JSON.parse(await readFile(join(base(), 'output', 'found.json'), 'utf8'))).toEqual({
      data: ['train', 'validation'],
      channels: '["train","validation"]',
    });
    expect((await readReport()).rows).toEqual({ train: 400, validation: 120, test: 200 });
  });

  it('gains nothing from test rows of its own, in this attempt or an earlier one', async () => {
    const seen = await trainAndEvaluate(`replace('test'); if (isFirst) process.exit(75);`);
    expect(seen).toMatchObject({ state: 'succeeded', attempts: 2 });
    expect((await readReport()).rows.test).toBe(200);
  });

  it.each([
    ['train', `replace('train')`],
    ['train', `replace('train'); if (isFirst) process.exit(75)`],
    ['validation', `replace('validation')`],
    ['validation', `open(); rmSync('input/data/validation', { recursive: true })`],
    ['train', `open(); rmSync('input/data', { recursive: true }); writeFileSync('input/data', '')`],
    [
      'train',
      `open(); rmSync('input', { recursive: true }); symlinkSync(elsewhere + '/input', 'input')`,
    ],
    ['test', `replace('test', '../held-back/test')`],
    ['test', `rmSync('../held-back', { recursive: true }); replace('test')`],
    ['test', `rmSync('../held-back', { recursive: true })`],
    [
      'test',
      `replace('test', '../held-back/test');
       writeFileSync('../prepared.json', '{"v":1,"files":{}}');
       open();
       writeFileSync('input/config/digests.json', '{"v":1,"files":{}}')`,
    ],
    [
      'test',
      `rmSync('../held-back', { recursive: true }); rmSync('../prepared.json');
       replace('test'); mkdirSync('input/config/digests.json.tmp')`,
    ],
  ])('is refused when the %s rows are not those that were prepared: %s', async (split, lie) => {
    const seen = await trainAndEvaluate(lie);
    const file = `input/data/${split}/data.parquet`;
    expect(seen).toMatchObject({ state: 'failed', step: 'evaluate' });
    expect(seen).toMatchObject({
      why: expect.stringMatching(/^P804 the (train|validation|test) rows are not those that/),
    });
    expect(seen.state === 'failed' && seen.why).toContain(file);
  });

  it('keeps them where a supervisor that comes later finds them', async () => {
    // Killed while it trains, so that the next one knows only what is on the disk.
    const seen = await trainAndEvaluate(`
      if (isFirst) {
        process.kill(process.ppid, 'SIGKILL');
        setInterval(() => {}, 1000);
        await new Promise(() => {});
      }`);
    expect(seen).toMatchObject({ state: 'succeeded', attempts: 2 });
    expect((await readReport()).rows).toEqual({ train: 400, validation: 120, test: 200 });
  });
});
