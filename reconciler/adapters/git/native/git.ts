import { CodedError } from '../../../core/contracts/coded-error.ts';
import { isRefName, type RefName } from '../../../core/contracts/git.ts';
import type { GitMerger, GitReader, GitWriter } from '../../../ports/git.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import { createAppend } from './append-commits.ts';
import { toGitFailure } from './command.ts';
import { compactPacks, countPacks } from './compact-packs.ts';
import { listTree } from './list-tree.ts';
import { createLockOwners } from './lock-owner.ts';
import { createMerger } from './merge-commits.ts';
import { moveReference } from './move-reference.ts';
import { createObjectReader, type ObjectReader } from './read-objects.ts';
import { readReference } from './references.ts';

/** Reading slows down by the number of packs; compacting costs a process. */
const APPENDS_BEFORE_COMPACTION = 128;
/** Compaction has failed many times over: better no append than a repository nobody can read. */
const MAX_PACKS = 4_096;

export type NativeGit = GitReader &
  GitWriter &
  GitMerger & {
    /** Ends the Git processes and waits for a compaction that is under way. */
    readonly close: () => Promise<void>;
  };

/** A bare repository on disk, read by the Git program and written by us. */
export function createNativeGit(deps: {
  readonly repositoryPath: string;
  readonly processIdentity: ProcessIdentity;
}): NativeGit {
  const { repositoryPath, processIdentity } = deps;
  const objects = createObjectReader(repositoryPath);
  const owners = createLockOwners(repositoryPath, processIdentity);
  const append = createAppend(repositoryPath, objects, owners);
  const merger = createMerger(repositoryPath, objects, owners);
  const compaction = createCompaction(repositoryPath);
  const inTurn = createTurns();

  return {
    ...objects,
    readRef: (name) => wrap(() => readCommitName(repositoryPath, objects, name)),
    async listTree(commit, limits) {
      await objects.checkCommit(commit);
      return listTree(repositoryPath, commit, limits);
    },
    append: (input) =>
      inTurn(() =>
        wrap(async () => {
          checkName(input.branch);
          await compaction.beforeAppend();
          return append(input);
        }),
      ),
    ...merger,
    merge: (input) =>
      inTurn(() =>
        wrap(async () => {
          checkName(input.branch);
          await compaction.beforeAppend();
          return merger.merge(input);
        }),
      ),
    moveRef: (move) =>
      inTurn(() =>
        wrap(async () => {
          checkName(move.name);
          await objects.checkCommit(move.next);
          return moveReference(repositoryPath, owners, move);
        }),
      ),
    async close() {
      await inTurn(() => compaction.finish());
      await objects.close();
    },
  };
}

async function readCommitName(repositoryPath: string, objects: ObjectReader, name: RefName) {
  checkName(name);
  const oid = await readReference(repositoryPath, name);
  if (oid !== null) await objects.checkCommit(oid);
  return oid;
}

function checkName(name: string): void {
  if (!isRefName(name)) throw toGitFailure('not a name of a reference', JSON.stringify(name));
}

/** What the file system throws is a failure of Git's repository to its callers. */
async function wrap<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CodedError || !(error instanceof Error) || !('syscall' in error))
      throw error;
    throw toGitFailure('the repository could not be used', error.message, error);
  }
}

/** One append after the other: two at once from one process could only make one of them fail. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

/** Merges packs beside the appends, every so many of them; a failure is tried again later. */
function createCompaction(repositoryPath: string) {
  let appends = 0;
  let running: Promise<void> = Promise.resolve();
  let isRunning = false;
  let failure: unknown = null;

  const run = async (): Promise<void> => {
    try {
      await compactPacks(repositoryPath);
      failure = null;
    } catch (error) {
      failure = error;
    } finally {
      isRunning = false;
    }
  };

  return {
    async beforeAppend(): Promise<void> {
      const isDue = appends % APPENDS_BEFORE_COMPACTION === 0;
      appends += 1;
      if (!isDue || isRunning) return;
      const packs = await countPacks(repositoryPath);
      if (packs > MAX_PACKS && failure !== null) {
        throw toGitFailure(`${packs} packs, and they cannot be merged`, String(failure), failure);
      }
      if (packs < APPENDS_BEFORE_COMPACTION) return;
      isRunning = true;
      running = run();
    },
    finish: () => running,
  };
}
