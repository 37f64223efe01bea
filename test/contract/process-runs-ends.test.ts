import { once } from 'node:events';
import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createFiles } from '../../reconciler/adapters/executor/process/files.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createSupervisorSettings } from '../../reconciler/adapters/runs/process/settings.ts';
import { superviseRun } from '../../reconciler/adapters/runs/process/supervise-run.ts';
import {
  hasRunEnded,
  LEADER,
  makeRunRequest,
  openProcessRuns,
  tendUntil,
  toRunPath,
  toSlotsFolder,
  writeProgram,
} from '../support/run-requests.ts';
import { RUN_KEY, useRunStage } from '../support/run-stage.ts';

const { readIdentity } = createSystemProcessIdentity();
const { folder, base, startSteps, startTraining, train, runThree } = useRunStage();

const answer = (line: object, exitCode: number) =>
  `console.log(${JSON.stringify(JSON.stringify(line))}); process.exitCode = ${exitCode};`;

describe('how a program of a run ends', () => {
  it.each([
    ['P804', 'the file needs opset 99'],
    ['P801', 'the column amount is missing'],
  ])('says what a bundled program says of bad input: %s', async (code, message) => {
    const seen = await runThree({ evaluate: answer({ state: 'failed', code, message }, 10) });
    expect(seen).toMatchObject({ state: 'failed', step: 'evaluate', why: `${code} ${message}` });
  });

  it('stops at a preparation that keeps failing', async () => {
    const seen = await runThree({ prepare: 'process.exit(3)' });
    const why = 'P808 prepare failed 3 times, the last time with exit code 3';
    expect(seen).toEqual({
      state: 'failed',
      step: 'prepare',
      attempts: 0,
      why,
      isCancelled: false,
    });
  });

  it('refuses a model that crashes the program which checks it', async () => {
    const seen = await runThree({ evaluate: `process.kill(process.pid, 'SIGSEGV')` });
    const why = 'P804 the model crashed the program that checked it (SIGSEGV)';
    expect(seen).toEqual({
      state: 'failed',
      step: 'evaluate',
      attempts: 1,
      why,
      isCancelled: false,
    });
  });

  it('counts a signal that we did not send as a failure', async () => {
    const source = `process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);`;
    const seen = await train(source, { limits: { retries: 1 } });
    const why = 'P803 train failed 2 times, the last time with SIGTERM';
    expect(seen).toMatchObject({ state: 'failed', attempts: 2, why });
  });

  it('says which program cannot be started', async () => {
    const steps = [{ name: 'train' as const, argv: ['no-such-program'], job: null }];
    const seen = await tendUntil(await startSteps(steps), RUN_KEY, hasRunEnded);
    expect(seen).toMatchObject({
      state: 'failed',
      why: expect.stringMatching(/^P808 the program of train cannot be started: .*ENOENT/),
    });
  });

  it('kills what does not end when it is asked to', async () => {
    const source = `import { writeFileSync } from 'node:fs';
      process.on('SIGTERM', () => {});
      setInterval(() => writeFileSync('model/alive', String(process.pid)), 10);`;
    const runs = await startTraining(source, { limits: { graceSeconds: 0.1 } });
    const readPid = () => readFile(join(base(), 'model', 'alive'), 'utf8').catch(() => '');
    await tendUntil(runs, RUN_KEY, async () => (await readPid()) !== '');
    const pid = Number(await readPid());
    await runs.cancel(LEADER, RUN_KEY);
    const seen = await tendUntil(runs, RUN_KEY, hasRunEnded);
    expect(seen).toMatchObject({ state: 'failed', why: 'P803 cancelled' });
    expect(await readIdentity(pid)).toBeNull();
  });

  it('sums the running time over the attempts', async () => {
    const source = `setTimeout(() => process.exit(75), 700);`;
    const seen = await train(source, { limits: { maxRuntimeSeconds: 2, retries: 20 } });
    if (seen.state !== 'failed') throw new Error(`the run has ${seen.state}`);
    expect(seen.why).toMatch(/^P803 DeadlineExceeded: .* more than 2 seconds/);
    // Each attempt takes 0.7 seconds at least: a clock for each alone would let all 21 happen.
    expect(seen.attempts).toBeLessThan(4);
  });

  it('resumes what stalls once, and then gives up', async () => {
    const source = `setInterval(() => {}, 2 ** 30);`;
    const seen = await train(source, {}, { stallAfterMs: 500, lookMs: 50 });
    expect(seen).toMatchObject({
      state: 'failed',
      attempts: 2,
      why: expect.stringContaining('P803 train stalled again after it was resumed'),
    });
  });

  it('takes nobody for stalled who computes in silence', async () => {
    const source = `import { hrtime } from 'node:process';
      const end = hrtime.bigint() + 1_500_000_000n;
      while (hrtime.bigint() < end);`;
    const seen = await train(source, {}, { stallAfterMs: 500, lookMs: 50 });
    expect(seen).toMatchObject({ state: 'succeeded', attempts: 1 });
  });

  it('kills what takes more memory than it may, and tries it once more', async () => {
    const source = `const taken = Buffer.alloc(500 * 2 ** 20, 1);
      setInterval(() => taken.fill(2, 0, 1), 1000);`;
    const seen = await train(source, {}, { maxMemoryBytes: 300 * 2 ** 20, lookMs: 50 });
    expect(seen).toMatchObject({
      state: 'failed',
      attempts: 2,
      why: expect.stringMatching(/more memory than its pool allows.* was seen using \d{3} MiB/),
    });
  });
});

describe('a program that locks its folders', () => {
  it.each(['model/locked', 'output/locked', 'scratch/locked', 'input/data', 'input/config', '.'])(
    'is tried again as any other: %s',
    async (path) => {
      const seen = await train(`import { chmodSync, mkdirSync } from 'node:fs';
        if (process.env.PLUMBLINE_ATTEMPT === '2') process.exit(0);
        if ('${path}'.endsWith('locked')) mkdirSync('${path}/inner', { recursive: true });
        chmodSync('${path}', 0o000);
        process.exit(75);`);
      expect(seen).toMatchObject({ state: 'succeeded', attempts: 2 });
    },
  );
});

describe('a run that was removed', () => {
  const removedFolder = () => join(folder(), 'runs', '.removed');
  const request = async (source: string) => {
    const argv = await writeProgram(folder(), 'again', source);
    return makeRunRequest('fraud', { steps: [{ name: 'train', argv, job: null }] });
  };

  it('is taken in anew while its old files are still swept', async () => {
    await train('');
    const real = createFiles();
    const gate = new AbortController();
    const begun = new AbortController();
    const removeTree = async (path: string) => {
      begun.abort();
      if (!gate.signal.aborted) await once(gate.signal, 'abort');
      await real.removeTree(path);
    };
    const slow = openProcessRuns(folder(), {}, { files: { ...real, removeTree } });
    const beginning = once(begun.signal, 'abort');
    const removal = slow.remove(LEADER, RUN_KEY);
    await beginning;
    const runs = openProcessRuns(folder());
    await runs.start(LEADER, await request('process.exit(10)'));
    expect(await tendUntil(runs, RUN_KEY, hasRunEnded)).toMatchObject({ state: 'failed' });
    gate.abort();
    await removal;
    expect(await readdir(removedFolder())).toEqual([]);
    expect(await runs.observe(RUN_KEY)).toMatchObject({ state: 'failed' });
  });

  it('does not wait for the files of another that cannot be removed', async () => {
    await train('');
    const stuck = join(removedFolder(), '0-1');
    await mkdir(stuck, { recursive: true });
    const real = createFiles();
    const removeTree = async (path: string) => {
      if (path === stuck) throw new Error('EIO: the disk says no');
      await real.removeTree(path);
    };
    await openProcessRuns(folder(), {}, { files: { ...real, removeTree } }).remove(LEADER, RUN_KEY);
    expect(await readdir(removedFolder())).toEqual(['0-1']);
  });

  it('goes with folders that its programs locked', async () => {
    await train(`import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
      mkdirSync('checkpoints/locked/inner', { recursive: true });
      writeFileSync('checkpoints/locked/inner/rows', '');
      chmodSync('checkpoints/locked/inner', 0o000);
      chmodSync('checkpoints/locked', 0o000);
      process.exit(10);`);
    const real = createFiles();
    // As it is for whoever is not root.
    const removeTree = async (path: string) => {
      for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
        const { mode } = await lstat(join(entry.parentPath, entry.name));
        if (entry.isDirectory()) expect(mode & 0o700, entry.name).toBe(0o700);
      }
      await real.removeTree(path);
    };
    await openProcessRuns(folder(), {}, { files: { ...real, removeTree } }).remove(LEADER, RUN_KEY);
    expect(await readdir(removedFolder())).toEqual([]);
  });

  it('is not what a supervisor takes up that was started for it and is late', async () => {
    const runs = await startTraining('process.exit(10)');
    const real = createFiles();
    let isLate = true;
    const createWhole: typeof real.createWhole = async (...input) => {
      if (isLate) {
        isLate = false;
        await runs.cancel(LEADER, RUN_KEY);
        await runs.remove(LEADER, RUN_KEY);
        await runs.start(LEADER, await request(''));
      }
      return real.createWhole(...input);
    };
    await superviseRun({
      runFolder: toRunPath(folder(), RUN_KEY),
      slotFolder: join(toSlotsFolder(folder(), 'laptop', 'cpu'), '000'),
      settings: createSupervisorSettings({ pollMs: 20 }),
      files: { ...real, createWhole },
      clock: createSystemClock(),
      processIdentity: createSystemProcessIdentity(),
      preempted: new AbortController().signal,
      path: process.env['PATH'] ?? '',
    });
    expect(isLate).toBe(false);
    expect(await runs.observe(RUN_KEY)).toMatchObject({ state: 'succeeded', attempts: 1 });
  });

  it('leaves nothing to whoever comes after it, also when half of it is gone', async () => {
    const path = toRunPath(folder(), RUN_KEY);
    await train('process.exit(10)');
    await writeFile(join(path, 'run.json'), '');
    const runs = openProcessRuns(folder());
    await runs.start(LEADER, await request(''));
    expect((await runs.observe(RUN_KEY)).state).toBe('queued');
    expect(await tendUntil(runs, RUN_KEY, hasRunEnded)).toMatchObject({ state: 'succeeded' });
  });
});
