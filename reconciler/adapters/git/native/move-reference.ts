import { link, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { Oid, RefName } from '../../../core/contracts/git.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { syncFolder } from '../../../machine/durable-file.ts';
import { toGitFailure } from './command.ts';
import { makeFolderDurably } from './durable-file.ts';
import type { LockOwners } from './lock-owner.ts';
import { findConflict, readReference } from './references.ts';

/** A lock is held for two system calls; a few milliseconds of looking again outlast any writer. */
const MAX_ATTEMPTS = 100;

export type Move = {
  readonly name: RefName;
  readonly expected: Oid | null;
  readonly next: Oid;
};

/**
 * Compare-and-swap of a reference, durable when it resolves, under the lock file that Git uses
 * too. The lock comes into being with its content complete and on stable storage, by a hard link,
 * which fails when it is there already: at no moment can a crash leave a reference half-written.
 */
export async function moveReference(
  repositoryPath: string,
  owners: LockOwners,
  move: Move,
): Promise<void> {
  const path = join(repositoryPath, move.name);
  const lockPath = `${path}.lock`;
  const owner = await owners.create(move.name, `${move.next}\n`);
  try {
    await takeLock(owners, move.name, owner, lockPath);
    try {
      await checkExpected(repositoryPath, move);
      await rename(lockPath, path);
    } catch (error) {
      await rm(lockPath, { force: true });
      throw error;
    }
    await syncFolder(dirname(path));
  } finally {
    await rm(owner, { force: true });
  }
}

async function takeLock(
  owners: LockOwners,
  name: RefName,
  owner: string,
  lockPath: string,
): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    await owners.clearDead(name, lockPath);
    await makeFolderDurably(dirname(lockPath));
    try {
      await link(owner, lockPath);
      return;
    } catch (error) {
      // Git removes folders without references, perhaps just now.
      if (!hasErrorCode(error, 'EEXIST', 'ENOENT')) throw error;
    }
  }
  throw new CodedError(
    'P404',
    `reference ${name} is locked by ${lockPath}; if no process uses the repository, remove the file`,
    { remedy: 'retry' },
  );
}

async function checkExpected(repositoryPath: string, move: Move): Promise<void> {
  const found = await readReference(repositoryPath, move.name);
  if (found !== move.expected) throw toMoved(move.name, move.expected, found);
  if (move.expected !== null) return;
  const conflict = await findConflict(repositoryPath, move.name);
  if (conflict !== null) {
    throw toGitFailure(`reference ${move.name} cannot stand beside ${conflict}`, '');
  }
}

export function toMoved(name: RefName, expected: Oid | null, found: Oid | null): CodedError {
  const words = (oid: Oid | null) => oid ?? 'no commit';
  return new CodedError('P405', `${name} is at ${words(found)}, not at ${words(expected)}`);
}
