import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { Oid, RefName } from '../../../core/contracts/git.ts';
import { buildMerge } from '../../../core/contracts/git-commit-chain.ts';
import { hashObject, type NewObject } from '../../../core/contracts/git-object.ts';
import { mergeTrees } from '../../../core/contracts/git-tree-merge.ts';
import type { GitMerger } from '../../../ports/git.ts';
import { type ObjectStore, toGitFailure } from './objects.ts';

export function createMemoryMerger(
  objects: ObjectStore,
  refs: Map<RefName, Oid>,
  checkName: (name: string) => void,
): GitMerger {
  const toEditor = (added: NewObject[]) => ({
    hash: hashObject,
    loadTree: async (oid: Oid) => objects.read(oid, 'tree'),
    emit: (object: NewObject) => {
      added.push(object);
    },
  });
  const toTree = (commit: Oid) => objects.readCommit(commit).tree;
  const readTrees = (ours: Oid, theirs: Oid) => {
    const base = findMergeBase(objects, ours, theirs);
    return { base: base && toTree(base), ours: toTree(ours), theirs: toTree(theirs) };
  };
  const checkTip = (name: RefName, expected: Oid | null): void => {
    const found = refs.get(name) ?? null;
    if (found !== expected) {
      throw new CodedError('P405', `${name} is at ${found}, not at ${expected}`);
    }
  };

  return {
    findMergeBase: async (left, right) => findMergeBase(objects, left, right),
    async listBetween({ base, tip, maxCount }) {
      if (!Number.isSafeInteger(maxCount) || maxCount < 1) throw new Error('a list has commits');
      const before = listAncestors(objects, base);
      const oids = [...listAncestors(objects, tip)].filter((oid) => !before.has(oid));
      if (oids.length > maxCount) throw toGitFailure(`more than ${maxCount} commits lie between`);
      return oids.map((oid) => ({ oid, ...objects.readCommit(oid) }));
    },
    previewMerge: async (ours, theirs) => mergeTrees(toEditor([]), readTrees(ours, theirs)),
    async merge({ branch, expectedTip, head, method, draft, signer }) {
      checkName(branch);
      checkTip(branch, expectedTip);
      const added: NewObject[] = [];
      const trees = readTrees(expectedTip, head);
      const sides = { tip: expectedTip, head, trees, method };
      const built = await buildMerge(toEditor(added), sides, draft, (bytes) => signer.sign(bytes));
      if (typeof built !== 'string') return built;
      // From here on nothing is awaited: another writer either came before this line or comes after.
      checkTip(branch, expectedTip);
      for (const { type, body } of added) objects.write(type, body);
      refs.set(branch, built);
      return { state: 'merged', commit: built };
    },
    async moveRef({ name, expected, next }) {
      checkName(name);
      objects.readCommit(next);
      checkTip(name, expected);
      refs.set(name, next);
    },
  };
}

function listAncestors(objects: ObjectStore, tip: Oid): ReadonlySet<Oid> {
  const seen = new Set<Oid>();
  const open = [tip];
  for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
    if (seen.has(oid)) continue;
    seen.add(oid);
    open.push(...objects.readCommit(oid).parents);
  }
  return seen;
}

/** Common ancestors that no other common ancestor descends from; the lowest oid of them. */
function findMergeBase(objects: ObjectStore, left: Oid, right: Oid): Oid | null {
  const ofLeft = listAncestors(objects, left);
  const common = [...listAncestors(objects, right)].filter((oid) => ofLeft.has(oid));
  const covered = new Set<Oid>();
  for (const oid of common) {
    for (const parent of objects.readCommit(oid).parents) covered.add(parent);
  }
  const [best] = common.filter((oid) => !covered.has(oid)).sort();
  return best ?? null;
}
