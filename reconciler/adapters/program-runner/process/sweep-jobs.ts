import { realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { listFolders } from '../../../machine/folders.ts';
import { listProcessesWith } from '../../../machine/processes.ts';
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
  // Last words of programs lie beside them, as files, for whoever looks after the zone.
  for (const name of await listFolders(deps.jobsFolder)) {
    const folder = await realpath(join(deps.jobsFolder, name));
    if (await endPrograms(deps, folder)) ended.push(name);
    await rm(folder, { recursive: true, force: true });
  }
  return ended;
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
  return [...group, ...(await listProcessesWith(JOB_VARIABLE, folder))];
}

function kill(target: number): void {
  try {
    process.kill(target, 'SIGKILL');
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH', 'EPERM')) throw error;
  }
}
