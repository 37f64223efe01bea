import { readdir, readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { platform } from 'node:process';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import { JOB_VARIABLE, readJobMark } from './job-mark.ts';

export type SweepDeps = {
  readonly jobsFolder: string;
  readonly clock: Clock;
  readonly processIdentity: ProcessIdentity;
};

/** A killed process is gone at once unless the kernel holds it, as in a hanging disk. */
const ROUNDS = 500;
const ROUND_MS = 20;

/**
 * Ends the programs that an owner left when it was killed, and removes the folders of their jobs,
 * which may hold a copy of rows or the address of a database. Only for when no owner is at work.
 * Returns the names of the jobs whose programs were still running.
 */
export async function sweepJobs(deps: SweepDeps): Promise<readonly string[]> {
  const ended: string[] = [];
  // In this order programs come before what was handed to them by others: `job-`, then `online-`.
  for (const name of await listFolders(deps.jobsFolder)) {
    const folder = await realpath(join(deps.jobsFolder, name));
    if (await endPrograms(deps, folder)) ended.push(name);
    await rm(folder, { recursive: true, force: true });
  }
  return ended;
}

/** Last words of programs lie beside them, as files, for whoever looks after the zone. */
async function listFolders(path: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** False when nothing ran. */
async function endPrograms(deps: SweepDeps, folder: string): Promise<boolean> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const targets = await listTargets(deps, folder);
    if (targets.length === 0) return round > 0;
    for (const target of targets) kill(target);
    await deps.clock.sleep(ROUND_MS);
  }
  const message = `a program of the job ${folder} does not end although it was killed`;
  throw new CodedError('P606', message, { remedy: 'retry' });
}

/**
 * A negative id stands for a group, and is there only while its leader is the very process that was
 * written down. On Linux what was given the job's folder is found as well, which is all of it when
 * the leader has ended, or its owner before it wrote it down.
 */
async function listTargets(deps: SweepDeps, folder: string): Promise<readonly number[]> {
  const mark = await readJobMark(folder);
  const identity = mark === null ? null : await deps.processIdentity.readIdentity(mark.pid);
  const group = mark !== null && identity === mark.identity ? [-mark.pid] : [];
  return [...group, ...(await listProcessesOf(folder))];
}

async function listProcessesOf(folder: string): Promise<readonly number[]> {
  if (platform !== 'linux') return [];
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // A zombie has no environment any more.
    const variables = (await readOrEmpty(`/proc/${name}/environ`)).split('\0');
    if (variables.includes(`${JOB_VARIABLE}=${folder}`)) found.push(Number(name));
  }
  return found.filter((pid) => pid !== process.pid);
}

/** Processes end while they are looked at, and those of others do not show everything. */
async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return '';
    throw error;
  }
}

function kill(target: number): void {
  try {
    process.kill(target, 'SIGKILL');
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH', 'EPERM')) throw error;
  }
}
