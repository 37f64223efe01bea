import { CodedError } from '../../../core/contracts/coded-error.ts';
import { isRefName, type Oid, type RefName } from '../../../core/contracts/git.ts';
import { formatCommit } from '../../../core/contracts/git-commit.ts';
import { buildChain } from '../../../core/contracts/git-commit-chain.ts';
import {
  type GitObjectType,
  hashObject,
  type NewObject,
} from '../../../core/contracts/git-object.ts';
import { isTreePath } from '../../../core/contracts/git-tree.ts';
import {
  EMPTY_FOLDER,
  editTree,
  type Folder,
  type TreeEdit,
} from '../../../core/contracts/git-tree-edit.ts';
import type { CommitInfo, GitMerger, GitReader, GitWriter } from '../../../ports/git.ts';
import { createMemoryMerger } from './merger.ts';
import { createObjectStore, type ObjectStore, toGitFailure } from './objects.ts';

/** What a person may push, links and submodules included; null removes a file. */
export type PushedFile = {
  readonly path: string;
  readonly content: string | Uint8Array | null;
  readonly type?: 'file' | 'symlink' | 'submodule';
};

export type Push = {
  readonly branch: RefName;
  readonly files: readonly PushedFile[];
  readonly message?: string;
  readonly epochSeconds?: number;
  /** Replaces the branch's history instead of continuing it, as a forced push does. */
  readonly parent?: Oid | null;
};

/** The port, and beside it what other people do to a repository. */
export type MemoryGit = GitReader &
  GitWriter &
  GitMerger & {
    /** An unsigned commit on top of the branch, as a person's push makes it. */
    readonly push: (push: Push) => Promise<Oid>;
    /** Any object, malformed ones too. */
    readonly writeObject: (type: GitObjectType, body: Uint8Array) => Oid;
    readonly setRef: (name: RefName, oid: Oid | null) => void;
    readonly listRefs: () => readonly RefName[];
  };

/**
 * A repository in memory whose object names equal Git's. No I/O, time or chance: whatever it
 * awaits is settled already, so that a simulation is free to decide what happens when.
 */
export function createMemoryGit(): MemoryGit {
  const objects = createObjectStore();
  const refs = new Map<RefName, Oid>();
  const readRef = (name: RefName): Oid | null => {
    checkName(name);
    const oid = refs.get(name) ?? null;
    if (oid !== null) objects.read(oid, 'commit');
    return oid;
  };
  return {
    ...createReader(objects),
    readRef: async (name) => readRef(name),
    append: createAppend(objects, refs),
    ...createMemoryMerger(objects, refs, checkName),
    push: (push) => pushCommit(objects, refs, push),
    writeObject: objects.write,
    setRef(name, oid) {
      checkName(name);
      if (oid === null) refs.delete(name);
      else refs.set(name, oid);
    },
    listRefs: () => [...refs.keys()].sort(),
  };
}

function checkName(name: string): void {
  if (!isRefName(name)) throw toGitFailure('not a name of a reference');
}

function createReader(objects: ObjectStore): Omit<GitReader, 'readRef'> {
  const readCommit = (oid: Oid): CommitInfo => ({ oid, ...objects.readCommit(oid) });
  const checked = (bytes: Uint8Array, maxBytes: number): Uint8Array => {
    if (bytes.length <= maxBytes) return bytes;
    throw new CodedError('P104', `a blob has ${bytes.length} bytes, more than ${maxBytes}`);
  };
  return {
    readCommit: async (oid) => readCommit(oid),
    listTree: async (commit, limits) => objects.listTree(readCommit(commit).tree, limits),
    readBlobs: async (oids, maxBytesEach) =>
      new Map(oids.map((oid) => [oid, checked(objects.read(oid, 'blob'), maxBytesEach)])),
    readFiles: async (files, maxBytesEach) =>
      files.map(({ commit, path }) => {
        if (!isTreePath(path)) throw toGitFailure('no name of a file');
        const bytes = objects.findFile(readCommit(commit).tree, path);
        return bytes === null ? null : checked(bytes, maxBytesEach);
      }),
    async listFirstParents(tip, maxCount) {
      if (!Number.isSafeInteger(maxCount) || maxCount < 1) throw new Error('a page has commits');
      const commits: CommitInfo[] = [];
      for (let next: Oid | undefined = tip; next !== undefined && commits.length < maxCount; ) {
        const commit = readCommit(next);
        commits.push(commit);
        next = commit.parents[0];
      }
      return commits;
    },
    isAncestor: async (ancestor, descendant) => isAncestor(objects, ancestor, descendant),
  };
}

function isAncestor(objects: ObjectStore, ancestor: Oid, descendant: Oid): boolean {
  objects.readCommit(ancestor);
  const seen = new Set<Oid>();
  const open = [descendant];
  for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
    if (oid === ancestor) return true;
    if (seen.has(oid)) continue;
    seen.add(oid);
    open.push(...objects.readCommit(oid).parents);
  }
  return false;
}

function createAppend(objects: ObjectStore, refs: Map<RefName, Oid>): GitWriter['append'] {
  const checkTip = (branch: RefName, expected: Oid | null): void => {
    const found = refs.get(branch) ?? null;
    if (found === expected) return;
    throw new CodedError('P405', `${branch} is at ${found}, not at ${expected}`);
  };
  return async ({ branch, expectedTip, drafts, signer }) => {
    checkName(branch);
    checkTip(branch, expectedTip);
    if (drafts.length === 0) return [];
    const added: NewObject[] = [];
    const editor = toEditor(objects, added);
    const start = { tip: expectedTip, tree: toFolder(objects, expectedTip) };
    const { commits } = await buildChain(editor, start, drafts, (bytes) => signer.sign(bytes));
    // From here on nothing is awaited: another writer either came before this line or comes after.
    checkTip(branch, expectedTip);
    for (const { type, body } of added) objects.write(type, body);
    refs.set(branch, commits.at(-1) as Oid);
    return commits;
  };
}

/** New objects are kept apart until the reference moves: a lost race leaves nothing behind. */
function toEditor(objects: ObjectStore, added: NewObject[]) {
  return {
    hash: hashObject,
    loadTree: async (oid: Oid) => objects.read(oid, 'tree'),
    emit: (object: NewObject) => {
      added.push(object);
    },
  };
}

function toFolder(objects: ObjectStore, commit: Oid | null): Folder {
  if (commit === null) return EMPTY_FOLDER;
  const { tree } = objects.readCommit(commit);
  return { oid: tree, body: objects.read(tree, 'tree'), loaded: new Map() };
}

async function pushCommit(objects: ObjectStore, refs: Map<RefName, Oid>, push: Push): Promise<Oid> {
  checkName(push.branch);
  const parent = push.parent === undefined ? (refs.get(push.branch) ?? null) : push.parent;
  const added: NewObject[] = [];
  const edits = push.files.map((file) => toEdit(objects, file));
  const tree = await editTree(toEditor(objects, added), toFolder(objects, parent), edits);
  if (tree.body.length === 0) objects.write('tree', tree.body);
  for (const { type, body } of added) objects.write(type, body);
  const commit = formatCommit({
    tree: tree.oid,
    parents: parent === null ? [] : [parent],
    author: { name: 'A person', email: 'person@example.org' },
    epochSeconds: push.epochSeconds ?? 0,
    message: push.message ?? 'Change the platform\n',
  });
  const oid = objects.write('commit', commit);
  refs.set(push.branch, oid);
  return oid;
}

const MODES = { file: '100644', symlink: '120000', submodule: '160000' } as const;

/** The content of a submodule is the oid of a commit, which is nowhere in this repository. */
function toEdit(objects: ObjectStore, file: PushedFile): TreeEdit {
  const { path, content, type = 'file' } = file;
  if (content === null) return { path, entry: null };
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const oid = type === 'submodule' ? String(content) : objects.write('blob', bytes);
  return { path, entry: { mode: MODES[type], oid } };
}
