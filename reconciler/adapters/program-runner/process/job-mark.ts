import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';

/** The process of a job, and what tells it from a later one with its id. */
export type JobMark = { readonly pid: number; readonly identity: string };

/** What a program and all that it starts find in their environment. */
export const JOB_VARIABLE = 'PLUMBLINE_JOB_DIR';

const toPath = (jobFolder: string) => join(jobFolder, 'process.json');

/**
 * So that a program whose owner was killed is found again. Not flushed to the disk: no process
 * outlives the machine.
 */
export async function writeJobMark(jobFolder: string, mark: JobMark): Promise<void> {
  const text = `${JSON.stringify({ v: 1, ...mark })}\n`;
  await writeFile(toPath(jobFolder), text, { mode: 0o600, flag: 'wx' });
}

/** Null when there is none, or half of one. */
export async function readJobMark(jobFolder: string): Promise<JobMark | null> {
  try {
    const value: unknown = JSON.parse(await readFile(toPath(jobFolder), 'utf8'));
    const { pid, identity } = (value ?? {}) as Partial<JobMark>;
    return typeof pid === 'number' && typeof identity === 'string' ? { pid, identity } : null;
  } catch (error) {
    if (error instanceof SyntaxError || hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}
