import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { sweepJobs } from '../../reconciler/adapters/program-runner/process/sweep-jobs.ts';
import { toStatePaths } from '../../reconciler/cli/state-paths.ts';
import { openMachine } from '../../reconciler/main/machine.ts';
import { stopDetached } from '../../reconciler/main/zones-at-rest.ts';

const CHILD = new URL('../support/program-runner-child.ts', import.meta.url).pathname;
const { readIdentity } = createSystemProcessIdentity();

let folder = '';
let jobsFolder = '';
const started: ChildProcess[] = [];

const start = (args: readonly string[]): ChildProcess => {
  const child = spawn(process.execPath, [...args], { stdio: 'ignore' });
  started.push(child);
  return child;
};

const sweep = () =>
  sweepJobs({
    jobsFolder,
    clock: createSystemClock(),
    processIdentity: createSystemProcessIdentity(),
  });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-strays-'));
  jobsFolder = join(folder, 'zones', 'ae', 'jobs');
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await sweep();
  await rm(folder, { recursive: true });
});

/** The program that an owner left when it was killed, and that program's own child. */
async function leaveStrays(): Promise<readonly [program: number, child: number]> {
  const saysIn = join(folder, 'said');
  const owner = start(['--import', import.meta.resolve('tsx'), CHILD, jobsFolder, saysIn]);
  const child = await vi.waitFor(
    async () => {
      const text = await readFile(saysIn, 'utf8');
      expect(text).not.toBe('');
      return Number(text);
    },
    { timeout: 30_000 },
  );
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  const [job = ''] = await readdir(jobsFolder);
  const { pid } = JSON.parse(await readFile(join(jobsFolder, job, 'process.json'), 'utf8'));
  // As `online` does, and was kept from taking away.
  await mkdir(join(jobsFolder, 'online-Ab12'));
  await writeFile(join(jobsFolder, 'online-Ab12', 'database-url'), 'postgres://ana:hunter2@db/x');
  await writeFile(join(jobsFolder, 'materialize-ingest.log'), 'last words');
  expect(await readIdentity(pid)).not.toBeNull();
  expect(await readIdentity(child)).not.toBeNull();
  return [pid, child];
}

async function expectNothingLeft(pids: readonly number[]): Promise<void> {
  for (const pid of pids) expect(await readIdentity(pid)).toBeNull();
  expect(await readdir(jobsFolder)).toEqual(['materialize-ingest.log']);
}

describe('a program whose owner was killed', () => {
  it('is ended with its children, and leaves no job', async () => {
    const pids = await leaveStrays();
    expect(await sweep()).toEqual([expect.stringMatching(/^job-/)]);
    await expectNothingLeft(pids);
    expect(await sweep()).toEqual([]);
  });

  it('is found by what it was given when its owner wrote nothing down', async () => {
    const pids = await leaveStrays();
    const [job = ''] = await readdir(jobsFolder).then((names) =>
      names.filter((name) => name.startsWith('job-')),
    );
    await writeFile(join(jobsFolder, job, 'process.json'), '{"v":1,"pi');
    expect(await sweep()).toEqual([job]);
    await expectNothingLeft(pids);
  });

  it('is ended when everything is stopped', async () => {
    const pids = await leaveStrays();
    const io = { env: {}, cwd: folder } as Parameters<typeof toStatePaths>[1];
    const stopped = await stopDetached(await openMachine(), toStatePaths(folder, io));
    expect(stopped).toEqual([expect.stringMatching(/^program job-/)]);
    await expectNothingLeft(pids);
  });
});

describe('what is left of jobs', () => {
  it('ends no process that only has the id of one that was written down', async () => {
    const other = start(['-e', 'setInterval(() => {}, 1000)']);
    const pid = other.pid ?? 0;
    await mkdir(join(jobsFolder, 'job-Ab12'), { recursive: true });
    const mark = { v: 1, pid, identity: `${await readIdentity(pid)}0` };
    await writeFile(join(jobsFolder, 'job-Ab12', 'process.json'), JSON.stringify(mark));
    expect(await sweep()).toEqual([]);
    expect(await readIdentity(pid)).not.toBeNull();
    expect(await readdir(jobsFolder)).toEqual([]);
  });

  it('is nothing where nothing ever ran', async () => {
    expect(await sweep()).toEqual([]);
  });
});
