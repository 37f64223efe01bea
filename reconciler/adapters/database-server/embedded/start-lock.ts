import { link, rename, rm, writeFile } from 'node:fs/promises';
import { pid } from 'node:process';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import { readIfPresent } from './files.ts';

/** Longer than the longest start and stop together: creating a cluster, and crash recovery. */
const MAX_WAIT_MS = 240_000;

const POLL_MS = 50;

export type StartLockDeps = {
  readonly clock: Clock;
  readonly processIdentity: ProcessIdentity;
  /** A new text at each call. */
  readonly uniqueName: () => string;
};

/**
 * One process at a time starts or stops the server of a home. A holder that died does not block:
 * the lock names its process, and processes can be told apart.
 */
export async function withStartLock<Result>(
  deps: StartLockDeps,
  lockFile: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const unique = deps.uniqueName();
  const identity = await deps.processIdentity.readIdentity(pid);
  const text = JSON.stringify({ v: 1, pid, identity, unique });
  await acquire(deps, lockFile, { text, path: `${lockFile}.${unique}` });
  try {
    return await work();
  } finally {
    await rm(lockFile, { force: true });
  }
}

async function acquire(
  deps: StartLockDeps,
  lockFile: string,
  mine: { readonly text: string; readonly path: string },
): Promise<void> {
  const deadline = deps.clock.now() + MAX_WAIT_MS;
  await writeFile(mine.path, mine.text, { mode: 0o600 });
  try {
    // A hard link appears with its content, and only where nothing was: there is no half lock.
    while (!(await tryLink(mine.path, lockFile))) {
      await removeIfStale(deps, lockFile);
      if (deps.clock.now() > deadline) {
        throw new CodedError('P401', `another process has been starting Postgres for too long`, {
          remedy: 'retry',
          details: { lockFile },
        });
      }
      await deps.clock.sleep(POLL_MS);
    }
  } finally {
    await rm(mine.path, { force: true });
  }
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/**
 * Moved aside before it is removed, because between reading and removing somebody else may have
 * replaced it: then what was moved is not what was read, and it is put back.
 */
async function removeIfStale(deps: StartLockDeps, lockFile: string): Promise<void> {
  const text = await readIfPresent(lockFile);
  if (text === null || (await isHeld(deps, text))) return;
  const aside = `${lockFile}.${deps.uniqueName()}`;
  try {
    await rename(lockFile, aside);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return;
    throw error;
  }
  if ((await readIfPresent(aside)) !== text) await tryLink(aside, lockFile);
  await rm(aside, { force: true });
}

async function isHeld(deps: StartLockDeps, text: string): Promise<boolean> {
  const holder = JSON.parse(text) as { readonly pid: number; readonly identity: string | null };
  const identity = await deps.processIdentity.readIdentity(holder.pid);
  return identity !== null && identity === holder.identity;
}
