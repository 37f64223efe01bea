import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { hasRunEnded, LEADER, tendUntil } from '../support/run-requests.ts';
import { RUN_KEY, useRunStage } from '../support/run-stage.ts';

const { readIdentity } = createSystemProcessIdentity();
const { base, startSteps, startTraining, train, runThree } = useRunStage();

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
