import { readdir, readFile } from 'node:fs/promises';
import { platform } from 'node:process';
import { hasErrorCode } from '../core/contracts/has-error-code.ts';

/** Others than the caller that were started with this variable. None where it cannot be told. */
export async function listProcessesWith(name: string, value: string): Promise<readonly number[]> {
  if (platform !== 'linux') return [];
  const found: number[] = [];
  for (const pid of await listPids()) {
    // A zombie has no environment any more.
    const variables = (await readProcessFile(pid, 'environ')).split('\0');
    if (pid !== process.pid && variables.includes(`${name}=${value}`)) found.push(pid);
  }
  return found;
}

/** Linux only. */
export async function listPids(): Promise<readonly number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

/** Empty when it cannot be read: processes end meanwhile, and those of others hide something. */
export async function readProcessFile(
  pid: number,
  file: 'environ' | 'stat' | 'status',
): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return '';
    throw error;
  }
}
