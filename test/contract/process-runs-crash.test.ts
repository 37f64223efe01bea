import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createSeededRandomness } from '../../reconciler/adapters/randomness/seeded/randomness.ts';
import { isCodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { RunObservation, RunRequest } from '../../reconciler/ports/runs.ts';
import { CHECKPOINTING_TRAINER } from '../support/run-programs.ts';
import {
  endProcessRuns,
  hasRunEnded,
  LEADER,
  makeRunRequest,
  makeSlots,
  openProcessRuns,
  readClaimOf,
  tendUntil,
  toRunKeyOf,
  toRunPath,
  toSlotsFolder,
  writeProgram,
} from '../support/run-requests.ts';

const CHILD = new URL('../support/runs-child.ts', import.meta.url).pathname;
const SEED = 20_261_125;
/** Each of dozens of supervisors and programs starts a runtime: a busy machine takes its time. */
const KILL_LIMIT_MS = 300_000;
const RUN_KEY = toRunKeyOf('fraud');
const { readIdentity } = createSystemProcessIdentity();

let folder = '';
let base = '';
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-crash-'));
  base = join(toRunPath(folder, RUN_KEY), 'base');
  await makeSlots(folder, 'cpu', 1);
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  await endProcessRuns(folder);
});

type Diary = readonly {
  readonly attempt: number;
  readonly resume: string;
  readonly step: number;
}[];

const readDiary = async (): Promise<Diary> =>
  (await readFile(join(folder, 'diary'), 'utf8').catch(() => ''))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

async function makeTraining(steps: number, limits: Partial<RunRequest['limits']> = {}) {
  const argv = await writeProgram(folder, 'trainer', CHECKPOINTING_TRAINER);
  return makeRunRequest('fraud', {
    hyperparameters: { steps, diary: join(folder, 'diary') },
    steps: [{ name: 'train', argv, job: null }],
    limits,
  });
}

/** What the trainer leaves when nobody disturbs it. */
function toUndisturbed(steps: number): string {
  let state = 'seed 7';
  for (let step = 1; step <= steps; step += 1) {
    state = `sha256:${createHash('sha256').update(`${state}${step}`).digest('hex')}`;
  }
  return state;
}

const readModel = () => readFile(join(base, 'model', 'model.onnx'), 'utf8');

const hasReached = (step: number) => (seen: RunObservation) =>
  hasRunEnded(seen) || (seen.state === 'running' && (seen.progress?.step ?? 0) >= step);

async function expectQuiet(): Promise<void> {
  const slot = join(toSlotsFolder(folder, 'laptop', 'cpu'), '000');
  const runs = openProcessRuns(folder);
  // The supervisor frees its slot after it wrote down the end.
  await tendUntil(runs, RUN_KEY, async () => (await readClaimOf(folder, RUN_KEY)) === null);
  expect(await readdir(slot)).toEqual([]);
  expect(await readdir(toRunPath(folder, RUN_KEY))).toEqual(
    expect.not.arrayContaining([expect.stringMatching(/\.tmp$/)]),
  );
}

async function endSupervisor(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const claim = await readClaimOf(folder, RUN_KEY);
  if (claim === null || (await readIdentity(claim.pid)) !== claim.identity) return;
  process.kill(claim.pid, signal);
  while ((await readIdentity(claim.pid)) === claim.identity) await createSystemClock().sleep(10);
}

describe('a reconciler that is killed', () => {
  async function follow(moment: string, killAt: (line: string) => boolean): Promise<void> {
    const requestFile = join(folder, 'request.json');
    await writeFile(requestFile, JSON.stringify(await makeTraining(30)));
    const argv = ['--import', 'tsx', CHILD, folder, requestFile, moment];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const ended = once(child, 'exit');
    for await (const line of createInterface({ input: child.stdout })) {
      if (killAt(line)) child.kill('SIGKILL');
    }
    await ended;
    expect(child.signalCode).toBe('SIGKILL');
  }

  it.each([
    ['after it took the run in', 'any', 'started'],
    ['when it had started a supervisor and not said so', 'before-claim', 'never'],
    ['when it had begun the run', 'any', 'tended'],
    ['while the run goes on', 'any', 'running'],
    ['after the run has ended', 'any', 'succeeded'],
  ])('loses and doubles nothing %s', async (_, moment, lastLine) => {
    await follow(moment, (line) => line === lastLine);
    const seen = await tendUntil(openProcessRuns(folder), RUN_KEY, hasRunEnded);
    expect(seen).toMatchObject({ state: 'succeeded', attempts: 1 });
    expect(await readDiary()).toEqual([{ attempt: 1, resume: '0', step: 0 }]);
    expect(await readModel()).toBe(toUndisturbed(30));
    await expectQuiet();
  });

  it('may be two at once', async () => {
    const one = openProcessRuns(folder);
    const other = openProcessRuns(folder);
    await one.start(LEADER, await makeTraining(30));
    await Promise.all([one, other, one, other].map((runs) => runs.tend(LEADER)));
    const ends = [one, other].map((runs) => tendUntil(runs, RUN_KEY, hasRunEnded));
    for (const seen of await Promise.all(ends)) {
      expect(seen).toMatchObject({ state: 'succeeded', attempts: 1 });
    }
    expect(await readDiary()).toHaveLength(1);
    await expectQuiet();
  });
});

describe('a training that is disturbed', () => {
  it(
    `ends as if nobody had, after SIGTERM at 20 random steps (seed ${SEED})`,
    async () => {
      const chance = createSeededRandomness(SEED);
      const runs = openProcessRuns(folder);
      // No retry is left over: a preemption must not take one.
      await runs.start(LEADER, await makeTraining(500, { retries: 0 }));
      let reached = 0;
      for (let stop = 0; stop < 20; stop += 1) {
        const seen = await tendUntil(runs, RUN_KEY, hasReached(reached + 1));
        expect(seen.state).toBe('running');
        const target = reached + 1 + Math.floor(chance.fraction() * 6);
        await tendUntil(runs, RUN_KEY, hasReached(target));
        await endSupervisor('SIGTERM');
        expect((await runs.observe(RUN_KEY)).state).toBe('queued');
        const latest = JSON.parse(await readFile(join(base, 'checkpoints', 'LATEST'), 'utf8'));
        reached = latest.step;
      }
      const seen = await tendUntil(runs, RUN_KEY, hasRunEnded);
      expect(seen).toMatchObject({ state: 'succeeded', attempts: 21 });
      expect(await readModel()).toBe(toUndisturbed(500));
      const diary = await readDiary();
      expect(diary.map(({ attempt }) => attempt)).toEqual(diary.map((_, index) => index + 1));
      expect(diary.slice(1).every(({ resume, step }) => resume === '1' && step > 0)).toBe(true);
      expect(diary.at(-1)?.step).toBe(reached);
      await expectQuiet();
    },
    KILL_LIMIT_MS,
  );

  it(
    `ends as if nobody had, after its supervisor was killed 8 times (seed ${SEED})`,
    async () => {
      const chance = createSeededRandomness(SEED);
      const runs = openProcessRuns(folder);
      await runs.start(LEADER, await makeTraining(150, { retries: 0 }));
      for (let kill = 0; kill < 8; kill += 1) {
        const runFor = Math.floor(chance.fraction() * 12);
        const seen = await tendUntil(runs, RUN_KEY, hasReached(1 + runFor));
        expect(seen.state).toBe('running');
        await endSupervisor('SIGKILL');
      }
      const seen = await tendUntil(runs, RUN_KEY, hasRunEnded);
      expect(seen).toMatchObject({ state: 'succeeded' });
      expect(await readModel()).toBe(toUndisturbed(150));
      // Two of the same program at work would have written the same attempt twice, or out of order.
      const attempts = (await readDiary()).map(({ attempt }) => attempt);
      expect(attempts).toEqual([...new Set(attempts)].sort((left, right) => left - right));
      await expectQuiet();
    },
    KILL_LIMIT_MS,
  );

  it('gives up on a run whose supervisors keep dying', async () => {
    const runs = openProcessRuns(folder, { maxBackoffMs: 10 });
    await runs.start(LEADER, await makeTraining(100_000));
    for (let kill = 0; kill < 20; kill += 1) {
      await tendUntil(runs, RUN_KEY, async () => (await readClaimOf(folder, RUN_KEY)) !== null);
      await endSupervisor('SIGKILL');
      await runs.tend(LEADER);
    }
    expect(await runs.observe(RUN_KEY)).toMatchObject({
      state: 'failed',
      why: expect.stringContaining('P808 the program that watched the run died 20 times'),
    });
  });

  it('takes a claim that a power cut tore for nobody’s', async () => {
    const runs = openProcessRuns(folder);
    await runs.start(LEADER, await makeTraining(10));
    const path = toRunPath(folder, RUN_KEY);
    await writeFile(join(path, 'claim.json'), '{"v":1,"pi');
    await writeFile(join(path, 'status.json'), '');
    await writeFile(join(toSlotsFolder(folder, 'laptop', 'cpu'), '000', 'lease.json'), '');
    expect((await runs.observe(RUN_KEY)).state).toBe('queued');
    const seen = await tendUntil(runs, RUN_KEY, hasRunEnded);
    expect(seen).toMatchObject({ state: 'succeeded', attempts: 1 });
  });
});

describe('a run whose files cannot be read', () => {
  it('keeps no other from its turn', async () => {
    const runs = openProcessRuns(folder);
    const request = await makeTraining(10);
    await runs.start(LEADER, makeRunRequest('broken', { steps: request.steps }));
    await runs.start(LEADER, request);
    const status = join(toRunPath(folder, toRunKeyOf('broken')), 'status.json');
    await writeFile(status, ' '.repeat(2 ** 20));
    await expect(runs.tend(LEADER)).rejects.toSatisfy((error) => isCodedError(error, 'P406'));
    const clock = createSystemClock();
    while (!hasRunEnded(await runs.observe(RUN_KEY))) await clock.sleep(10);
    expect((await runs.observe(RUN_KEY)).state).toBe('succeeded');
    await rm(status);
  });
});

describe('a checkpoint', () => {
  /** Leaves a checkpoint as it is told at first, and says at the second try what it was given. */
  const trainer = (spoil: string) => `
    import { createHash } from 'node:crypto';
    import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
    const { env } = process;
    if (env.PLUMBLINE_ATTEMPT === '2') {
      writeFileSync('model/found.json', JSON.stringify({
        resume: env.PLUMBLINE_RESUME, latest: existsSync('checkpoints/LATEST'),
        partial: existsSync('checkpoints/2.partial') }));
      process.exit(0);
    }
    mkdirSync('checkpoints/1');
    mkdirSync('checkpoints/2.partial');
    const state = 'state of the training';
    let written = state;
    const latest = { step: 1, path: '1',
      files: { 'state.bin': 'sha256:' + createHash('sha256').update(state).digest('hex') },
      specDigest: env.PLUMBLINE_SPEC_DIGEST, snapshotDigest: env.PLUMBLINE_SNAPSHOT_DIGEST,
      seed: Number(env.PLUMBLINE_SEED) };
    ${spoil}
    writeFileSync('checkpoints/1/state.bin', written);
    writeFileSync('checkpoints/LATEST', typeof latest === 'string' ? latest : JSON.stringify(latest));
    process.exit(75);`;

  async function findAtSecondTry(spoil: string) {
    const argv = await writeProgram(folder, 'trainer', trainer(spoil));
    const runs = openProcessRuns(folder);
    const steps = [{ name: 'train' as const, argv, job: null }];
    await runs.start(LEADER, makeRunRequest('fraud', { steps }));
    const seen = await tendUntil(runs, RUN_KEY, hasRunEnded);
    expect(seen).toMatchObject({ state: 'succeeded', attempts: 2 });
    return JSON.parse(await readFile(join(base, 'model', 'found.json'), 'utf8'));
  }

  it('is resumed when it is whole and of this run', async () => {
    const found = await findAtSecondTry('');
    expect(found).toEqual({ resume: '1', latest: true, partial: false });
  });

  it.each([
    ['torn', `written = state.slice(0, 7);`],
    ['of another seed', `latest.seed += 1;`],
    ['of another snapshot', `latest.snapshotDigest = latest.specDigest;`],
    ['without files', `latest.files = {};`],
    ['outside its folder', `latest.path = '../model';`],
    ['not where it says', `latest.path = '7';`],
    ['a link', `symlinkSync('../../run.json', 'checkpoints/1/link'); latest.files.link = 'x';`],
  ])('is out of the way when it is %s', async (_, spoil) => {
    expect(await findAtSecondTry(spoil)).toEqual({ resume: '0', latest: false, partial: false });
  });
});
