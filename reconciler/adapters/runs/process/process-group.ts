import { platform } from 'node:process';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { listPids, listProcessesWith, readProcessFile } from '../../../machine/processes.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import type { ProcessMark } from './records.ts';

/** What a group of processes uses together. */
export type GroupUse = { readonly cpuMs: number; readonly residentBytes: number };

/** The kernel counts time for programs in hundredths of a second, whatever its own clock does. */
const TICK_MS = 10;

/** A process that forks while it is looked for is met again; a second later none is left. */
const STRAY_ROUNDS = 50;
const STRAY_ROUND_MS = 20;

export function signalGroup(leaderPid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-leaderPid, signal);
  } catch (error) {
    // A group that is gone, or of which only zombies are left.
    if (!hasErrorCode(error, 'ESRCH', 'EPERM')) throw error;
  }
}

/**
 * Ends whatever is left of a run's programs: the group, if its leader is the very process that was
 * written down, and on Linux each process that was given the run's base folder, which also finds
 * those that left the group.
 */
export async function killRunProcesses(
  deps: { readonly clock: Clock; readonly processIdentity: ProcessIdentity },
  baseFolder: string,
  group: ProcessMark | null,
): Promise<void> {
  if (group !== null) {
    const identity = await deps.processIdentity.readIdentity(group.pid);
    if (identity === group.identity) signalGroup(group.pid, 'SIGKILL');
  }
  await killStrays(deps.clock, baseFolder);
}

export async function killStrays(clock: Clock, baseFolder: string): Promise<void> {
  for (let round = 0; round < STRAY_ROUNDS; round += 1) {
    const strays = await listProcessesWith('PLUMBLINE_BASE_DIR', baseFolder);
    if (strays.length === 0) return;
    for (const pid of strays) signalOne(pid);
    await clock.sleep(STRAY_ROUND_MS);
  }
}

/** Null where it cannot be told. */
export async function readGroupUse(leaderPid: number): Promise<GroupUse | null> {
  if (platform !== 'linux') return null;
  let use: GroupUse = { cpuMs: 0, residentBytes: 0 };
  for (const pid of await listPids()) {
    const stat = parseStat(await readProcessFile(pid, 'stat'));
    if (stat === null || stat.group !== leaderPid) continue;
    const residentBytes = parseResident(await readProcessFile(pid, 'status'));
    use = {
      cpuMs: use.cpuMs + stat.cpuMs,
      residentBytes: use.residentBytes + residentBytes,
    };
  }
  return use;
}

/** The second field is the program's name, which may hold spaces and parentheses itself. */
function parseStat(stat: string): { readonly group: number; readonly cpuMs: number } | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const group = Number(fields[2]);
  // Its own time, in programs and in the kernel, and that of children that ended.
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  if (!Number.isSafeInteger(group) || !Number.isFinite(ticks)) return null;
  return { group, cpuMs: ticks * TICK_MS };
}

function parseResident(status: string): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return Number(kibibytes ?? 0) * 1024;
}

function signalOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH', 'EPERM')) throw error;
  }
}
