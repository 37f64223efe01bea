import type { Oid } from '../../../core/contracts/git.ts';
import { buildMerge } from '../../../core/contracts/git-commit-chain.ts';
import { mergeTrees } from '../../../core/contracts/git-tree-merge.ts';
import type { GitMerger } from '../../../ports/git.ts';
import { createCollector, hashNatively } from './append-commits.ts';
import { runGit, toGitFailure } from './command.ts';
import type { LockOwners } from './lock-owner.ts';
import { moveReference, toMoved } from './move-reference.ts';
import { storePack } from './pack-store.ts';
import type { ObjectReader } from './read-objects.ts';
import { readReference } from './references.ts';

const MAX_PAGE = 100_000;

/** Git walks the histories; what is merged and written is computed here, as in an append. */
export function createMerger(
  repositoryPath: string,
  objects: ObjectReader,
  owners: LockOwners,
): Omit<GitMerger, 'moveRef'> {
  const findMergeBase = async (left: Oid, right: Oid): Promise<Oid | null> => {
    await checkBoth(objects, left, right);
    const args = ['merge-base', '--all', left, right];
    const { stdout } = await runGit(repositoryPath, { args, allowedStatuses: [0, 1] });
    const [first] = stdout.toString('latin1').split('\n').slice(0, -1).sort();
    return first ?? null;
  };

  const readTrees = async (ours: Oid, theirs: Oid) => {
    const base = await findMergeBase(ours, theirs);
    const toTree = async (commit: Oid) => (await objects.readCommit(commit)).tree;
    return {
      base: base === null ? null : await toTree(base),
      ours: await toTree(ours),
      theirs: await toTree(theirs),
    };
  };

  return {
    findMergeBase,
    async listBetween({ base, tip, maxCount }) {
      if (!Number.isSafeInteger(maxCount) || maxCount < 1 || maxCount > MAX_PAGE) {
        throw new Error(`a list is of 1 to ${MAX_PAGE} commits, not ${maxCount}`);
      }
      await checkBoth(objects, base, tip);
      const args = ['rev-list', `--max-count=${maxCount + 1}`, tip, `^${base}`];
      const { stdout } = await runGit(repositoryPath, { args });
      const oids = stdout.toString('latin1').split('\n').slice(0, -1);
      if (oids.length > maxCount) {
        throw toGitFailure(`more than ${maxCount} commits lie between ${base} and ${tip}`, '');
      }
      return Promise.all(oids.map(objects.readCommit));
    },
    async previewMerge(ours, theirs) {
      const editor = { hash: hashNatively, loadTree: objects.readTree, emit: () => undefined };
      return mergeTrees(editor, await readTrees(ours, theirs));
    },
    async merge({ branch, expectedTip, head, method, draft, signer }) {
      const found = await readReference(repositoryPath, branch);
      if (found !== expectedTip) throw toMoved(branch, expectedTip, found);
      const { added, emit } = createCollector();
      const editor = { hash: hashNatively, loadTree: objects.readTree, emit };
      const trees = await readTrees(expectedTip, head);
      const sides = { tip: expectedTip, head, trees, method };
      const built = await buildMerge(editor, sides, draft, (bytes) => signer.sign(bytes));
      if (typeof built !== 'string') return built;
      await storePack(repositoryPath, added);
      await moveReference(repositoryPath, owners, {
        name: branch,
        expected: expectedTip,
        next: built,
      });
      return { state: 'merged', commit: built };
    },
  };
}

async function checkBoth(objects: ObjectReader, left: Oid, right: Oid): Promise<void> {
  await objects.checkCommit(left);
  await objects.checkCommit(right);
}
