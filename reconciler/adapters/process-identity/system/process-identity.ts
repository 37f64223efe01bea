import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { platform } from 'node:process';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';

const PS_TIMEOUT_MS = 5_000;

export function createSystemProcessIdentity(): ProcessIdentity {
  return {
    async readIdentity(pid) {
      if (!Number.isSafeInteger(pid) || pid <= 0) return null;
      return platform === 'linux' ? readFromProc(pid) : readFromPs(pid);
    },
  };
}

/** The boot id is part of it, because start times count from the boot. */
async function readFromProc(pid: number): Promise<string | null> {
  const stat = await readIfRunning(`/proc/${pid}/stat`);
  if (stat === null) return null;
  const fields = parseProcStat(stat);
  if (fields === null || fields.state === 'Z' || fields.state === 'X') return null;
  const bootId = await readFile('/proc/sys/kernel/random/boot_id', 'latin1');
  return `linux:${bootId.trim()}:${fields.startTicks}`;
}

/** ESRCH comes when the process ends between opening and reading. */
async function readIfRunning(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ESRCH')) return null;
    throw error;
  }
}

/** The second field is the program's name, which may hold spaces and parentheses itself. */
export function parseProcStat(
  stat: string,
): { readonly state: string; readonly startTicks: string } | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  if (!state || startTicks === undefined || !/^\d+$/.test(startTicks)) return null;
  return { state, startTicks };
}

/** `ps` knows start times to the second, which is enough against the slow reuse of process ids. */
function readFromPs(pid: number): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const options = {
      timeout: PS_TIMEOUT_MS,
      env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/bin:/usr/bin' },
    };
    execFile('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], options, (error, stdout) => {
      // Status 1 with nothing printed is how `ps` says that there is no such process.
      if (error !== null && error.code !== 1) return reject(error);
      const [state, ...start] = stdout.trim().split(/\s+/);
      const runs = state !== undefined && state !== '' && !state.startsWith('Z');
      return resolve(runs ? `ps:${start.join(' ')}` : null);
    });
  });
}
