import { access, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSimulatedClock } from '../../reconciler/adapters/clock/simulated/clock.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import {
  createMemoryProgramRunner,
  type MemoryProgram,
} from '../../reconciler/adapters/program-runner/memory/program-runner.ts';
import type { JobVerb } from '../../reconciler/adapters/program-runner/process/answer-job.ts';
import { createProcessProgramRunner } from '../../reconciler/adapters/program-runner/process/program-runner.ts';
import { isCodedError } from '../../reconciler/core/contracts/coded-error.ts';
import { SAMPLE_VERBS } from '../support/sample-programs.ts';
import {
  ask,
  describeProgramRunner,
  type ProgramRunnerHarness,
  passLimit,
} from './program-runner.contract.ts';

const SAMPLE_PROGRAM = new URL('../support/sample-program-child.ts', import.meta.url).pathname;

type ProcessHarness = ProgramRunnerHarness & { readonly folder: string };

async function makeProcessHarness(signal = new AbortController().signal): Promise<ProcessHarness> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-program-runner-'));
  const clock = createSimulatedClock({ startAt: 0 });
  const runner = createProcessProgramRunner({
    toProgramFile: () => SAMPLE_PROGRAM,
    jobsFolder: join(folder, 'jobs'),
    clock,
    processIdentity: createSystemProcessIdentity(),
    environment: { ...process.env, SECRET_OF_OURS: 'hush' },
    signal,
    nodeArguments: ['--import', import.meta.resolve('tsx')],
  });
  return {
    runner,
    clock,
    folder,
    freshPath: () => join(folder, 'said'),
    close: () => rm(folder, { recursive: true }),
  };
}

describeProgramRunner('process', () => makeProcessHarness());

describeProgramRunner('memory', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-program-runner-'));
  const clock = createSimulatedClock({ startAt: 0 });
  const deps = { resolvePath: (path: string) => path, scratchFolder: folder };
  const programs = Object.entries(SAMPLE_VERBS).map(([verb, perform]): [string, MemoryProgram] => [
    `materialize ${verb}`,
    (job) => (perform as JobVerb)(job, deps),
  ]);
  return {
    runner: createMemoryProgramRunner({ programs: Object.fromEntries(programs), clock }),
    clock,
    freshPath: () => join(folder, 'said'),
    close: () => rm(folder, { recursive: true }),
  };
});

describe('a program in a process of its own', () => {
  let owner: AbortController;
  let harness: ProcessHarness;
  const failure = (verb: string, job = {}) =>
    ask(harness.runner, verb, job).catch((error: unknown) => error);
  beforeEach(async () => {
    owner = new AbortController();
    harness = await makeProcessHarness(owner.signal);
  });
  afterEach(() => harness.close());

  it('inherits nothing of the environment', async () => {
    const { environment } = await ask(harness.runner, 'environment');
    expect(environment).toEqual({
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      PLUMBLINE_JOB_DIR: expect.stringMatching(/\/jobs\/job-\w+$/),
    });
  });

  it('is heard at the end of however much it prints', async () => {
    expect(await ask(harness.runner, 'shout')).toEqual({ shouted: true });
  });

  it.each([
    ['garble', 'it gave no answer and ended with 0'],
    ['lie-about-its-end', 'it called itself done and ended with 3'],
    ['be-killed', 'it gave no answer and ended with SIGKILL'],
  ])('fails with P808 when it does %s', async (verb, words) => {
    const error = await failure(verb);
    expect(isCodedError(error, 'P808') && error.message).toContain(words);
  });

  it('leaves what it printed about an unexpected failure in a file for its owner alone', async () => {
    const error = await failure('break');
    const [file = ''] = /[^ ]+materialize-break[.]log$/.exec(String(error)) ?? [];
    expect(await readFile(file, 'utf8')).toContain('TypeError: the row of');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('leaves no job behind, whatever its end', async () => {
    await ask(harness.runner, 'echo');
    await failure('refuse');
    await failure('be-killed');
    expect(await readdir(join(harness.folder, 'jobs'))).toEqual([]);
  });

  it('takes its children with it when it ends', async () => {
    const { child } = await ask(harness.runner, 'leave-child', { saysIn: harness.freshPath() });
    await expectGone(Number(child));
  });

  it('takes its children with it when its time is over', async () => {
    const saysIn = harness.freshPath();
    const hanging = failure('hang-with-child', { saysIn });
    await passLimit(harness, saysIn);
    expect(isCodedError(await hanging, 'P808')).toBe(true);
    await expectGone(Number(await readFile(saysIn, 'utf8')));
  });

  it('is ended when its owner ends, and so is what waits for its turn', async () => {
    const saysIn = harness.freshPath();
    const hanging = failure('hang', { saysIn });
    const next = failure('echo');
    await vi.waitFor(() => access(saysIn), { timeout: 30_000 });
    owner.abort();
    const errors = [await hanging, await next];
    expect(errors.map((error) => isCodedError(error, 'P808') && error.message)).toEqual([
      expect.stringContaining('its owner ends'),
      expect.stringContaining('its owner ends'),
    ]);
  });
});

/** The kernel takes a moment between the signal and the end. */
async function expectGone(pid: number): Promise<void> {
  expect(pid).toBeGreaterThan(0);
  const { readIdentity } = createSystemProcessIdentity();
  await vi.waitFor(async () => expect(await readIdentity(pid)).toBeNull(), { timeout: 30_000 });
}

describe('a machine without the program', () => {
  it('says so with P808', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-program-runner-'));
    const runner = createProcessProgramRunner({
      toProgramFile: () => join(folder, 'missing.js'),
      jobsFolder: folder,
      clock: createSimulatedClock({ startAt: 0 }),
      processIdentity: createSystemProcessIdentity(),
      environment: process.env,
    });
    const error = await ask(runner, 'echo').catch((thrown: unknown) => thrown);
    expect(isCodedError(error, 'P808') && error.message).toContain('gave no answer');
    await rm(folder, { recursive: true });
  });
});
