import { execFile } from 'node:child_process';
import {
  access,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  parseAnswerLine,
  type RunnerAnswer,
} from '../../reconciler/core/contracts/runner-answer.ts';

const PROGRAM = new URL('../support/sample-program-child.ts', import.meta.url).pathname;

type End = {
  readonly exit: number | string | null;
  readonly answer: RunnerAnswer | null;
  readonly errorOutput: string;
};

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-bundled-program-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** As a target starts it, in any folder but the run's own. */
function start(argv: readonly string[], baseFolder?: string): Promise<End> {
  const env = {
    PATH: process.env['PATH'],
    ...(baseFolder === undefined ? {} : { PLUMBLINE_BASE_DIR: baseFolder }),
  };
  const all = ['--import', import.meta.resolve('tsx'), PROGRAM, ...argv];
  return new Promise((resolve) => {
    execFile(process.execPath, all, { env, cwd: folder }, (error, stdout, errorOutput) => {
      const exit = error === null ? 0 : (error.signal ?? error.code ?? null);
      const lastLine = stdout.trimEnd().split('\n').at(-1) ?? '';
      resolve({ exit, answer: parseAnswerLine(lastLine), errorOutput });
    });
  });
}

async function writeJob(text: string): Promise<string> {
  const path = join(folder, 'job.json');
  await writeFile(path, text);
  return path;
}

describe('a bundled program', () => {
  it('answers with what its verb made of the job', async () => {
    const end = await start(['echo', await writeJob('{"text":"λ"}')]);
    expect(end).toMatchObject({ exit: 0, errorOutput: '' });
    expect(end.answer).toEqual({ state: 'done', result: { job: { text: 'λ' } } });
  });

  it('ends with 10 when what it was given is bad', async () => {
    const { exit, answer } = await start(['refuse', await writeJob('{}')]);
    expect([exit, answer]).toEqual([
      10,
      { state: 'failed', code: 'P801', message: 'the file has no column amount' },
    ]);
  });

  it('ends with 1 when it may go better next time, and when nobody foresaw it', async () => {
    const passing = await start(['refuse-otherwise', await writeJob('{}')]);
    expect([passing.exit, passing.answer]).toMatchObject([1, { code: 'P401' }]);
    const broken = await start(['break', await writeJob('{}')]);
    expect([broken.exit, broken.answer]).toMatchObject([1, { code: 'P808' }]);
    expect(JSON.stringify(broken.answer)).not.toContain('Ada');
    expect(broken.errorOutput).toContain('Ada');
  });

  it('refuses a verb that it does not have, also one that every object has', async () => {
    for (const verb of ['', 'other', 'toString', '__proto__']) {
      const { exit, answer } = await start([verb, await writeJob('{}')]);
      expect([exit, answer], verb).toMatchObject([10, { code: 'P808' }]);
    }
  });

  it('takes no job from a link, a folder or a text that is none', async () => {
    await symlink(await writeJob('{}'), join(folder, 'link.json'));
    for (const path of [folder, join(folder, 'link.json'), join(folder, 'missing.json'), '']) {
      expect((await start(['echo', path])).answer?.state, path).toBe('failed');
    }
    const { exit, answer } = await start(['echo', await writeJob('{"half":')]);
    expect([exit, answer]).toMatchObject([10, { message: 'the job is no JSON' }]);
  });

  it('ends at once when it is asked to', async () => {
    const saysIn = join(folder, 'said');
    const ending = start(['hang', await writeJob(JSON.stringify({ saysIn }))]);
    await vi.waitFor(() => access(saysIn), { timeout: 30_000 });
    const pid = await vi.waitFor(async () => {
      const said = Number(await readFile(saysIn, 'utf8'));
      expect(said).toBeGreaterThan(0);
      return said;
    });
    process.kill(pid, 'SIGTERM');
    expect(await ending).toMatchObject({ exit: 'SIGTERM', answer: null });
  });
});

describe('a bundled program as a step of a run', () => {
  it('finds its job below the base folder of the run', async () => {
    const base = join(folder, 'base');
    await mkdir(join(base, 'input'), { recursive: true });
    await writeFile(join(base, 'input', 'job.json'), '{"here":true}');
    const { answer } = await start(['echo', 'input/job.json'], base);
    expect(answer).toEqual({ state: 'done', result: { job: { here: true } } });
    expect(await readdir(base)).toEqual(['input']);
  });

  it('leaves the words of its failure where the run looks for them', async () => {
    const { exit } = await start(['refuse', await writeJob('{}')], folder);
    expect(exit).toBe(10);
    const words = await readFile(join(folder, 'output', 'failure'), 'utf8');
    expect(words).toBe('the file has no column amount');
  });
});
