import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import { claimRun } from './claim.ts';
import type { RunFolder } from './folder-layout.ts';
import type { RunFiles } from './run-files.ts';
import type { SupervisorSettings } from './settings.ts';

export type LaunchDeps = {
  readonly files: RunFiles;
  readonly processIdentity: ProcessIdentity;
  /** The program that supervises; it gets the run's folder, the slot's and the settings. */
  readonly supervisorArgv: readonly string[];
  readonly settings: SupervisorSettings;
};

/** A pool has at most 256 slots, and a few files beside them. */
const MAX_ENTRIES = 2048;

/** No training fits into less. */
const MIN_MEMORY_BYTES = 512 * 1024 * 1024;

const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';

/**
 * Starts a supervisor that outlives us, in a session of its own, and claims the run and the slot
 * for it at once, so that the next look finds them taken while it still starts. Should we die in
 * between it claims them itself.
 */
export async function launchSupervisor(
  deps: LaunchDeps,
  folder: RunFolder,
  input: { readonly runKey: string; readonly slotFolder: string },
): Promise<void> {
  const settings = await shareMemory(deps, input.slotFolder);
  const pid = await startDetached({ ...deps, settings }, folder, input.slotFolder);
  // One that is gone already claimed the run itself, or leaves it to the next round.
  const identity = (await deps.processIdentity.readIdentity(pid)) ?? 'ended';
  const claim = { pid, identity, slotFolder: input.slotFolder };
  await claimRun(deps.files, folder, { runKey: input.runKey, claim });
}

/** Each slot of the pool may be taken: what all of them use together must leave room for others. */
export async function shareMemory(
  { files, settings }: Pick<LaunchDeps, 'files' | 'settings'>,
  slotFolder: string,
): Promise<SupervisorSettings> {
  const entries = (await files.listEntries(dirname(slotFolder), MAX_ENTRIES)) ?? [];
  const slots = entries.filter(
    ({ name, type }) => type === 'folder' && /^\d{3}$/.test(name),
  ).length;
  const share = Math.floor(settings.maxMemoryBytes / Math.max(1, slots));
  const maxMemoryBytes = Math.min(settings.maxMemoryBytes, Math.max(MIN_MEMORY_BYTES, share));
  return { ...settings, maxMemoryBytes };
}

async function startDetached(
  deps: LaunchDeps,
  folder: RunFolder,
  slotFolder: string,
): Promise<number> {
  const [file = '', ...args] = deps.supervisorArgv;
  const log = await open(folder.supervisorLog, 'a', 0o600);
  try {
    const child = spawn(file, [...args, folder.path, slotFolder, JSON.stringify(deps.settings)], {
      cwd: folder.path,
      env: { PATH: process.env['PATH'] ?? DEFAULT_PATH, LANG: 'C.UTF-8', TZ: 'UTC' },
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.on('error', reject);
    });
    child.unref();
    assert(child.pid !== undefined, 'a process that has started has an id');
    return child.pid;
  } finally {
    await log.close();
  }
}
