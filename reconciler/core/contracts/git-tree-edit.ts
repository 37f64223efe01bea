import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Oid } from './git.ts';
import { joinBytes } from './git-commit.ts';
import type { HashObject, NewObject } from './git-object.ts';
import { isFolder, isTreePath, readMode, readOid, readSpan, type TreeSpan } from './git-tree.ts';

/**
 * A folder of a commit's tree and those folders below it that an edit has reached into before.
 * Kept from one commit to the next, so that an append reads nothing from the repository.
 */
export type Folder = {
  readonly oid: Oid;
  readonly body: Uint8Array;
  readonly loaded: ReadonlyMap<string, Folder>;
};

export const EMPTY_FOLDER: Folder = {
  oid: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  body: new Uint8Array(0),
  loaded: new Map(),
};

export type TreeEdit = {
  readonly path: string;
  /** Null removes a file; a file that is put replaces whatever stands at its path. */
  readonly entry: { readonly mode: string; readonly oid: Oid } | null;
};

export type TreeEditor = {
  readonly hash: HashObject;
  readonly loadTree: (oid: Oid) => Promise<Uint8Array>;
  /** Receives every new folder, the innermost first. */
  readonly emit: (object: NewObject) => void;
};

/** Applies the edits in order. Folders that become empty vanish, as Git cannot hold them. */
export async function editTree(
  editor: TreeEditor,
  root: Folder,
  edits: readonly TreeEdit[],
): Promise<Folder> {
  for (const { path } of edits) {
    if (!isTreePath(path)) throw new Error(`not a path of a tree: ${JSON.stringify(path)}`);
  }
  return editFolder(editor, root, edits);
}

async function editFolder(
  editor: TreeEditor,
  folder: Folder,
  edits: readonly TreeEdit[],
): Promise<Folder> {
  let draft: Folder = folder;
  for (const [name, group] of groupByFirstSegment(edits)) {
    for (const run of splitRuns(group)) {
      const { path, entry } = run.at(-1) as TreeEdit;
      draft = path.includes('/')
        ? await editChild(editor, draft, name, run.map(withoutFirstSegment))
        : putFile(draft, name, entry);
    }
  }
  if (draft === folder) return folder;
  const oid = editor.hash('tree', draft.body);
  if (oid !== folder.oid && draft.body.length > 0) {
    const replaces = folder === EMPTY_FOLDER ? null : folder.oid;
    editor.emit({ oid, type: 'tree', body: draft.body, replaces });
  }
  return { ...draft, oid };
}

async function editChild(
  editor: TreeEditor,
  parent: Folder,
  name: string,
  edits: readonly TreeEdit[],
): Promise<Folder> {
  const span = findSpan(parent.body, utf8ToBytes(name));
  const before =
    span === null || !isFolder(parent.body, span)
      ? EMPTY_FOLDER
      : await loadChild(editor, parent, name, readOid(parent.body, span));
  const after = await editFolder(editor, before, edits);
  if (after.body.length > 0) return putFolder(parent, name, after);
  return before === EMPTY_FOLDER ? parent : dropEntry(parent, name);
}

async function loadChild(
  editor: TreeEditor,
  parent: Folder,
  name: string,
  oid: Oid,
): Promise<Folder> {
  const loaded = parent.loaded.get(name);
  if (loaded?.oid === oid) return loaded;
  return { oid, body: await editor.loadTree(oid), loaded: new Map() };
}

function putFile(folder: Folder, name: string, entry: TreeEdit['entry']): Folder {
  const span = findSpan(folder.body, utf8ToBytes(name));
  if (entry === null) {
    return span === null || isFolder(folder.body, span) ? folder : dropEntry(folder, name);
  }
  if (span !== null && readOid(folder.body, span) === entry.oid) {
    if (readMode(folder.body, span) === entry.mode) return folder;
  }
  return { ...folder, body: writeEntry(folder.body, name, entry), loaded: without(folder, name) };
}

function putFolder(parent: Folder, name: string, child: Folder): Folder {
  const body = writeEntry(parent.body, name, { mode: '40000', oid: child.oid });
  return { ...parent, body, loaded: new Map(parent.loaded).set(name, child) };
}

function dropEntry(folder: Folder, name: string): Folder {
  const span = findSpan(folder.body, utf8ToBytes(name)) as TreeSpan;
  const body = joinBytes([folder.body.subarray(0, span.start), folder.body.subarray(span.end)]);
  return { ...folder, body, loaded: without(folder, name) };
}

function without(folder: Folder, name: string): ReadonlyMap<string, Folder> {
  if (!folder.loaded.has(name)) return folder.loaded;
  const loaded = new Map(folder.loaded);
  loaded.delete(name);
  return loaded;
}

function writeEntry(
  body: Uint8Array,
  name: string,
  entry: { readonly mode: string; readonly oid: Oid },
): Uint8Array {
  const line = joinBytes([utf8ToBytes(`${entry.mode} ${name}\0`), hexToBytes(entry.oid)]);
  const present = findSpan(body, utf8ToBytes(name));
  if (present !== null && isFolder(body, present) === (entry.mode === '40000')) {
    return joinBytes([body.subarray(0, present.start), line, body.subarray(present.end)]);
  }
  // A folder sorts as if its name ended in a slash, so a change of type is a change of place.
  const rest =
    present === null
      ? body
      : joinBytes([body.subarray(0, present.start), body.subarray(present.end)]);
  const key = utf8ToBytes(entry.mode === '40000' ? `${name}/` : name);
  const at = findPlace(rest, key);
  return joinBytes([rest.subarray(0, at), line, rest.subarray(at)]);
}

function findSpan(body: Uint8Array, name: Uint8Array): TreeSpan | null {
  for (let span = readSpan(body, 0); span !== null; span = readSpan(body, span.end)) {
    if (span.nameEnd - span.nameStart === name.length) {
      let same = 0;
      while (same < name.length && body[span.nameStart + same] === name[same]) same += 1;
      if (same === name.length) return span;
    }
  }
  return null;
}

/** The offset of the first line that sorts after `key`. */
function findPlace(body: Uint8Array, key: Uint8Array): number {
  for (let span = readSpan(body, 0); span !== null; span = readSpan(body, span.end)) {
    if (compareKey(body, span, key) > 0) return span.start;
  }
  return body.length;
}

const SLASH = 0x2f;

function compareKey(body: Uint8Array, span: TreeSpan, key: Uint8Array): number {
  const length = span.nameEnd - span.nameStart;
  for (let at = 0; ; at += 1) {
    const end = at === length && isFolder(body, span) ? SLASH : -1;
    const left = at < length ? (body[span.nameStart + at] as number) : end;
    const right = key[at] ?? -1;
    if (left !== right) return left - right;
    if (left === -1 || at > length) return 0;
  }
}

function groupByFirstSegment(edits: readonly TreeEdit[]): ReadonlyMap<string, TreeEdit[]> {
  const groups = new Map<string, TreeEdit[]>();
  for (const edit of edits) {
    const slash = edit.path.indexOf('/');
    const name = slash === -1 ? edit.path : edit.path.slice(0, slash);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [edit]);
    else group.push(edit);
  }
  return groups;
}

/** Neighbours that go into the same folder are one recursion; order matters only between kinds. */
function splitRuns(group: readonly TreeEdit[]): readonly TreeEdit[][] {
  const runs: TreeEdit[][] = [];
  let reachesDown: boolean | null = null;
  for (const edit of group) {
    const isDown = edit.path.includes('/');
    if (isDown === reachesDown) runs.at(-1)?.push(edit);
    else runs.push([edit]);
    reachesDown = isDown;
  }
  return runs;
}

function withoutFirstSegment(edit: TreeEdit): TreeEdit {
  return { ...edit, path: edit.path.slice(edit.path.indexOf('/') + 1) };
}
