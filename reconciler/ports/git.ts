import type { Oid, RefName } from '../core/contracts/git.ts';
import type { MergedTree } from '../core/contracts/git-tree-merge.ts';
import type { LedgerSigner } from './ledger-signer.ts';

export type TreeEntry = {
  readonly path: string;
  readonly oid: Oid;
  /** `file` covers executables; links and submodules are reported so that they can be refused. */
  readonly type: 'file' | 'symlink' | 'submodule';
  readonly sizeBytes: number;
};

export type TreeLimits = { readonly maxEntries: number; readonly maxPathBytes: number };

export type CommitInfo = {
  readonly oid: Oid;
  readonly tree: Oid;
  readonly parents: readonly Oid[];
  readonly message: string;
  /** The commit object without its signature header: what was signed. */
  readonly signedPayload: Uint8Array;
  /** The armored signature, or null when the commit is unsigned. */
  readonly signature: string | null;
};

/** Reading a bare repository. Nothing is ever checked out and no code of the repo runs. */
export interface GitReader {
  /**
   * The commit that a reference names, or null when there is no such reference. Throws P404 when
   * it names something that is missing or no commit.
   */
  readRef(name: RefName): Promise<Oid | null>;
  /**
   * Every entry below the commit's root, sorted by path. Throws P107 beyond a limit and for a
   * path that could mean another file elsewhere (`..`, `.git`, control characters, no UTF-8).
   */
  listTree(commit: Oid, limits: TreeLimits): Promise<readonly TreeEntry[]>;
  /** Contents by oid. Throws P104 when one is larger, P404 when one is missing or no blob. */
  readBlobs(oids: readonly Oid[], maxBytesEach: number): Promise<ReadonlyMap<Oid, Uint8Array>>;
  /**
   * One file each, named by commit and path, in their order; null where the commit has no such
   * file. For a few files of many commits, where listing whole trees would be far too much.
   * Throws P104 when one is larger, P404 when a commit is missing.
   */
  readFiles(
    files: readonly { readonly commit: Oid; readonly path: string }[],
    maxBytesEach: number,
  ): Promise<readonly (Uint8Array | null)[]>;
  /** Throws P404 when the oid is missing or no commit. */
  readCommit(oid: Oid): Promise<CommitInfo>;
  /** From `tip` along first parents, newest first, at most `maxCount`. */
  listFirstParents(tip: Oid, maxCount: number): Promise<readonly CommitInfo[]>;
  /** True when `ancestor` is reachable from `descendant`, or is the same commit. */
  isAncestor(ancestor: Oid, descendant: Oid): Promise<boolean>;
}

export type FileChange = { readonly path: string; readonly content: Uint8Array | null };

export type CommitDraft = {
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  /** Author and committer time: it comes from the record, so that a retry gives the same oid. */
  readonly epochSeconds: number;
  /** Applied in order to the parent's tree; null removes a file. */
  readonly changes: readonly FileChange[];
};

/** Writing to a bare repository, with durability and compare-and-swap. */
export interface GitWriter {
  /**
   * Appends one signed commit per draft, in order, and moves `branch` from `expectedTip` (null:
   * it must not exist) to the last of them. When this resolves, objects and reference are on
   * stable storage. Throws P405 when the branch was elsewhere: then nothing visible happened.
   */
  append(input: {
    readonly branch: RefName;
    readonly expectedTip: Oid | null;
    readonly drafts: readonly CommitDraft[];
    readonly signer: LedgerSigner;
  }): Promise<readonly Oid[]>;
}

export type MergeMethod = 'merge' | 'squash';

export type MergeOutcome =
  | { readonly state: 'merged'; readonly commit: Oid }
  | Extract<MergedTree, { readonly state: 'conflict' }>;

/** How two histories relate, and joining them: file by file, never inside a file. */
export interface GitMerger {
  /**
   * The newest commit that both descend from; the one with the lowest oid where several are.
   * Null when they share no history. Throws P404 when one is missing or no commit.
   */
  findMergeBase(left: Oid, right: Oid): Promise<Oid | null>;
  /**
   * Every commit reachable from `tip` and not from `base`, in no order that is promised. Throws
   * P404 when there are more than `maxCount`, because leaving one out could hide who wrote it.
   */
  listBetween(input: {
    readonly base: Oid;
    readonly tip: Oid;
    readonly maxCount: number;
  }): Promise<readonly CommitInfo[]>;
  /** The tree that merging `theirs` into `ours` would give. Writes nothing. */
  previewMerge(ours: Oid, theirs: Oid): Promise<MergedTree>;
  /**
   * Moves `branch` from `expectedTip` to a new signed commit that merges `head` into it, durably
   * as `append` does. Nothing happens on a conflict; throws P405 when the branch was elsewhere.
   */
  merge(input: {
    readonly branch: RefName;
    readonly expectedTip: Oid;
    readonly head: Oid;
    readonly method: MergeMethod;
    readonly draft: Omit<CommitDraft, 'changes'>;
    readonly signer: LedgerSigner;
  }): Promise<MergeOutcome>;
  /**
   * Points a reference at a commit of the repository, durably. Throws P405 when it was not at
   * `expected` (null: it must not exist), P404 when `next` is missing or no commit.
   */
  moveRef(input: {
    readonly name: RefName;
    readonly expected: Oid | null;
    readonly next: Oid;
  }): Promise<void>;
}
