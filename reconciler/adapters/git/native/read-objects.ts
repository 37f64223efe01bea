import { CodedError } from '../../../core/contracts/coded-error.ts';
import { isOid, type Oid } from '../../../core/contracts/git.ts';
import { parseCommit } from '../../../core/contracts/git-commit.ts';
import { isTreePath } from '../../../core/contracts/git-tree.ts';
import type { CommitInfo, GitReader } from '../../../ports/git.ts';
import {
  createContentReader,
  createHeaderReader,
  type ObjectAnswer,
  type ObjectHeader,
} from './cat-file.ts';
import { runGit, toGitFailure } from './command.ts';

/** A commit is a message of a few lines; a tree of 100,000 names is about 6 MiB. */
const MAX_COMMIT_BYTES = 1024 * 1024;
const MAX_TREE_BYTES = 32 * 1024 * 1024;
const MAX_PAGE = 100_000;

export type ObjectReader = Omit<GitReader, 'readRef' | 'listTree'> & {
  readonly readTree: (oid: Oid) => Promise<Uint8Array>;
  /** Throws P404 when the oid is missing or no commit. */
  readonly checkCommit: (oid: Oid) => Promise<void>;
  readonly close: () => Promise<void>;
};

export function createObjectReader(repositoryPath: string): ObjectReader {
  const headers = createHeaderReader(repositoryPath);
  const contents = createContentReader(repositoryPath);

  const readObject = async (
    name: string,
    type: string,
    maxBytes: number,
  ): Promise<Uint8Array | null> => {
    const header = await headers.ask(name);
    if (header === null || header.type !== type) return null;
    checkSize(header, maxBytes);
    return toContent(await contents.ask(header.oid), header);
  };

  const readNamed = async (oid: Oid, type: string, maxBytes: number): Promise<Uint8Array> => {
    const bytes = isOid(oid) ? await readObject(oid, type, maxBytes) : null;
    if (bytes === null) throw toGitFailure(`${oid} is no ${type} of this repository`, '');
    return bytes;
  };

  const readCommit = async (oid: Oid): Promise<CommitInfo> => {
    const parsed = parseCommit(await readNamed(oid, 'commit', MAX_COMMIT_BYTES));
    if (parsed === null) throw toGitFailure(`commit ${oid} is malformed`, '');
    return { oid, ...parsed };
  };

  const checkCommit = async (oid: Oid): Promise<void> => {
    const header = isOid(oid) ? await headers.ask(oid) : null;
    if (header?.type !== 'commit') throw toGitFailure(`${oid} is no commit of this repository`, '');
  };

  return {
    readCommit,
    checkCommit,
    readTree: (oid) => readNamed(oid, 'tree', MAX_TREE_BYTES),
    async readBlobs(oids, maxBytesEach) {
      const read = async (oid: Oid) => [oid, await readNamed(oid, 'blob', maxBytesEach)] as const;
      return new Map(await settleAll([...new Set(oids)].map(read)));
    },
    readFiles: (files, maxBytesEach) =>
      settleAll(
        files.map(async ({ commit, path }) => {
          if (!isOid(commit) || !isTreePath(path)) throw toGitFailure('no name of a file', path);
          const bytes = await readObject(`${commit}:${path}`, 'blob', maxBytesEach);
          if (bytes === null) await checkCommit(commit);
          return bytes;
        }),
      ),
    listFirstParents: (tip, maxCount) =>
      listFirstParents(repositoryPath, tip, maxCount, readCommit),
    async isAncestor(ancestor, descendant) {
      await settleAll([checkCommit(ancestor), checkCommit(descendant)]);
      const args = ['merge-base', '--is-ancestor', ancestor, descendant];
      const { status } = await runGit(repositoryPath, { args, allowedStatuses: [0, 1] });
      return status === 0;
    },
    async close() {
      await Promise.all([headers.close(), contents.close()]);
    },
  };
}

/**
 * Waits for all, then throws the first failure: the processes answer in order, so none of the
 * others may be left behind unobserved.
 */
async function settleAll<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

function checkSize(header: ObjectHeader, maxBytes: number): void {
  if (header.sizeBytes <= maxBytes) return;
  if (header.type !== 'blob') throw toGitFailure(`${header.type} ${header.oid} is too large`, '');
  throw new CodedError(
    'P104',
    `blob ${header.oid} has ${header.sizeBytes} bytes, more than the ${maxBytes} allowed`,
    { details: { oid: header.oid, sizeBytes: header.sizeBytes, maxBytes } },
  );
}

function toContent(answer: ObjectAnswer | null, header: ObjectHeader): Uint8Array {
  if (answer?.oid !== header.oid || answer.sizeBytes !== header.sizeBytes) {
    throw toGitFailure(`object ${header.oid} changed while it was read`, '');
  }
  return answer.content;
}

async function listFirstParents(
  repositoryPath: string,
  tip: Oid,
  maxCount: number,
  readCommit: (oid: Oid) => Promise<CommitInfo>,
): Promise<readonly CommitInfo[]> {
  if (!Number.isSafeInteger(maxCount) || maxCount < 1 || maxCount > MAX_PAGE) {
    throw new Error(`a page is of 1 to ${MAX_PAGE} commits, not ${maxCount}`);
  }
  const first = await readCommit(tip);
  if (maxCount === 1) return [first];
  const args = ['rev-list', '--first-parent', `--max-count=${maxCount}`, tip];
  const { stdout } = await runGit(repositoryPath, { args });
  const oids = stdout.toString('latin1').split('\n').slice(0, -1);
  const commits = await settleAll(oids.map(readCommit));
  checkChain(tip, commits, maxCount);
  return commits;
}

/** Git walked the parents; the commits themselves say whether it walked them as they are. */
function checkChain(tip: Oid, commits: readonly CommitInfo[], maxCount: number): void {
  let expected: Oid | undefined = tip;
  for (const commit of commits) {
    if (commit.oid !== expected)
      throw toGitFailure('git listed other parents than commits name', '');
    expected = commit.parents[0];
  }
  if (expected !== undefined && commits.length < maxCount) {
    throw toGitFailure(`the history ends at ${expected}, which is missing`, '');
  }
}
