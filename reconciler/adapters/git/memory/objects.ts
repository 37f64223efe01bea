import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { Oid } from '../../../core/contracts/git.ts';
import { type ParsedCommit, parseCommit } from '../../../core/contracts/git-commit.ts';
import { type GitObjectType, hashObject } from '../../../core/contracts/git-object.ts';
import {
  isTreePath,
  readMode,
  readOid,
  readSpan,
  toEntryType,
} from '../../../core/contracts/git-tree.ts';
import { decodeUtf8 } from '../../../core/contracts/utf8.ts';
import type { TreeEntry, TreeLimits } from '../../../ports/git.ts';

type StoredObject = { readonly type: GitObjectType; readonly body: Uint8Array };

/** The objects of a repository, by the names that Git gives them. */
export type ObjectStore = {
  readonly write: (type: GitObjectType, body: Uint8Array) => Oid;
  /** Throws P404 when there is none of this type. */
  readonly read: (oid: Oid, type: GitObjectType) => Uint8Array;
  readonly readCommit: (oid: Oid) => ParsedCommit;
  readonly listTree: (tree: Oid, limits: TreeLimits) => readonly TreeEntry[];
  readonly findFile: (tree: Oid, path: string) => Uint8Array | null;
};

export function createObjectStore(): ObjectStore {
  const objects = new Map<Oid, StoredObject>();

  const read = (oid: Oid, type: GitObjectType): Uint8Array => {
    const object = objects.get(oid);
    if (object?.type === type) return object.body;
    throw toGitFailure(`${oid} is no ${type} of this repository`);
  };

  return {
    read,
    write(type, body) {
      const oid = hashObject(type, body);
      if (!objects.has(oid)) objects.set(oid, { type, body });
      return oid;
    },
    readCommit(oid) {
      const parsed = parseCommit(read(oid, 'commit'));
      if (parsed === null) throw toGitFailure(`commit ${oid} is malformed`);
      return parsed;
    },
    listTree: (tree, limits) => listEntries(objects, read, tree, limits),
    findFile: (tree, path) => findFile(objects, tree, path.split('/')),
  };
}

export function toGitFailure(message: string): CodedError {
  return new CodedError('P404', message);
}

type Read = (oid: Oid, type: GitObjectType) => Uint8Array;

/** Walks with a list instead of the stack, so that a deep tree meets the limit and not an overflow. */
function listEntries(
  objects: ReadonlyMap<Oid, StoredObject>,
  read: Read,
  root: Oid,
  limits: TreeLimits,
): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  const folders: { readonly oid: Oid; readonly prefix: string }[] = [{ oid: root, prefix: '' }];
  let count = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const line of parseLines(read(folder.oid, 'tree'))) {
      count += 1;
      if (count > limits.maxEntries) throw toRefusal(`more than ${limits.maxEntries} entries`);
      const path = checkPath(folder.prefix, line.name, limits);
      const type = toEntryType(line.mode);
      if (type === null) throw toRefusal(`the unknown mode ${line.mode}`);
      if (type === 'folder') folders.push({ oid: line.oid, prefix: `${path}/` });
      else entries.push({ path, oid: line.oid, type, sizeBytes: toSize(objects, line.oid, type) });
    }
  }
  return sortEntries(entries);
}

type Line = { readonly mode: string; readonly name: string | null; readonly oid: Oid };

function parseLines(body: Uint8Array): readonly Line[] {
  const lines: Line[] = [];
  try {
    for (let span = readSpan(body, 0); span !== null; span = readSpan(body, span.end)) {
      const name = decodeUtf8(body.subarray(span.nameStart, span.nameEnd));
      lines.push({ mode: readMode(body, span), name, oid: readOid(body, span) });
    }
  } catch {
    throw toGitFailure('a tree is malformed');
  }
  return lines;
}

function checkPath(prefix: string, name: string | null, limits: TreeLimits): string {
  const path = name === null ? null : prefix + name;
  if (path === null || !isTreePath(path)) throw toRefusal('a path that is refused');
  if (Buffer.byteLength(path) > limits.maxPathBytes) {
    throw toRefusal(`a path of more than ${limits.maxPathBytes} bytes`);
  }
  return path;
}

function toSize(
  objects: ReadonlyMap<Oid, StoredObject>,
  oid: Oid,
  type: TreeEntry['type'],
): number {
  if (type === 'submodule') return 0;
  const size = objects.get(oid)?.body.length;
  if (size === undefined) throw toGitFailure(`${oid} is missing`);
  return size;
}

function sortEntries(entries: TreeEntry[]): readonly TreeEntry[] {
  entries.sort((left, right) => (left.path < right.path ? -1 : left.path > right.path ? 1 : 0));
  if (new Set(entries.map((entry) => entry.path)).size === entries.length) return entries;
  throw toRefusal('a path that stands in it twice');
}

function toRefusal(what: string): CodedError {
  return new CodedError('P107', `the tree has ${what}`);
}

function findFile(
  objects: ReadonlyMap<Oid, StoredObject>,
  tree: Oid,
  segments: readonly string[],
): Uint8Array | null {
  let oid: Oid = tree;
  for (const segment of segments) {
    const folder = objects.get(oid);
    if (folder?.type !== 'tree') return null;
    const line = parseLines(folder.body).find(({ name }) => name === segment);
    if (line === undefined) return null;
    oid = line.oid;
  }
  const file = objects.get(oid);
  return file?.type === 'blob' ? file.body : null;
}
