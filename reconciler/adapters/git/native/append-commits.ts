import { createHash } from 'node:crypto';
import type { Oid, RefName } from '../../../core/contracts/git.ts';
import { buildChain } from '../../../core/contracts/git-commit-chain.ts';
import {
  formatObjectHeader,
  type HashObject,
  type NewObject,
} from '../../../core/contracts/git-object.ts';
import { EMPTY_FOLDER, type Folder } from '../../../core/contracts/git-tree-edit.ts';
import type { GitWriter } from '../../../ports/git.ts';
import type { LockOwners } from './lock-owner.ts';
import { moveReference, toMoved } from './move-reference.ts';
import { storePack } from './pack-store.ts';
import type { ObjectReader } from './read-objects.ts';
import { readReference } from './references.ts';

/** What one append may hold in memory; the ledger writes far smaller batches. */
const MAX_DRAFTS = 4_096;
const MAX_NEW_BYTES = 512 * 1024 * 1024;

/** A process writes to a few ledgers; their folders stay in memory from one append to the next. */
const MAX_KNOWN_TIPS = 16;

type Tip = { readonly commit: Oid; readonly tree: Folder };

export function createAppend(
  repositoryPath: string,
  objects: ObjectReader,
  owners: LockOwners,
): GitWriter['append'] {
  const knownTips = new Map<RefName, Tip>();

  const readTip = async (branch: RefName, commit: Oid): Promise<Tip> => {
    const known = knownTips.get(branch);
    if (known?.commit === commit) return known;
    const { tree } = await objects.readCommit(commit);
    return { commit, tree: { oid: tree, body: await objects.readTree(tree), loaded: new Map() } };
  };

  const remember = (branch: RefName, tip: Tip): void => {
    knownTips.delete(branch);
    knownTips.set(branch, tip);
    const [oldest] = knownTips.keys();
    if (knownTips.size > MAX_KNOWN_TIPS && oldest !== undefined) knownTips.delete(oldest);
  };

  return async ({ branch, expectedTip, drafts, signer }) => {
    if (drafts.length > MAX_DRAFTS) throw new Error(`a batch has at most ${MAX_DRAFTS} commits`);
    // Asked again under the lock; here it saves the work that a lost race would throw away.
    const found = await readReference(repositoryPath, branch);
    if (found !== expectedTip) throw toMoved(branch, expectedTip, found);
    if (drafts.length === 0) return [];
    const tip = expectedTip === null ? null : await readTip(branch, expectedTip);
    const start = { tip: tip?.commit ?? null, tree: tip?.tree ?? EMPTY_FOLDER };
    const { added, emit } = createCollector();
    const editor = { hash: hashNatively, loadTree: objects.readTree, emit };
    const chain = await buildChain(editor, start, drafts, (payload) => signer.sign(payload));
    await storePack(repositoryPath, added);
    const commit = chain.commits.at(-1) as Oid;
    await moveReference(repositoryPath, owners, {
      name: branch,
      expected: expectedTip,
      next: commit,
    });
    remember(branch, { commit, tree: chain.tree });
    return chain.commits;
  };
}

export function createCollector(): {
  readonly added: ReadonlyMap<Oid, NewObject>;
  readonly emit: (object: NewObject) => void;
} {
  const added = new Map<Oid, NewObject>();
  let totalBytes = 0;
  return {
    added,
    emit(object) {
      if (added.has(object.oid)) return;
      totalBytes += object.body.length;
      if (totalBytes > MAX_NEW_BYTES) throw new Error(`a batch is below ${MAX_NEW_BYTES} bytes`);
      added.set(object.oid, object);
    },
  };
}

export const hashNatively: HashObject = (type, body) =>
  createHash('sha1').update(formatObjectHeader(type, body.length)).update(body).digest('hex');
