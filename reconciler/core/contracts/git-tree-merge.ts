import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { CodedError } from './coded-error.ts';
import type { Oid } from './git.ts';
import { joinBytes } from './git-commit.ts';
import { isFolder, readMode, readOid, readSpan } from './git-tree.ts';
import { EMPTY_FOLDER, type TreeEditor } from './git-tree-edit.ts';
import { decodeUtf8, toByteText } from './utf8.ts';

export type MergedTree =
  | { readonly state: 'clean'; readonly tree: Oid }
  /** Files that both sides changed differently, sorted; none of the merge is kept. */
  | { readonly state: 'conflict'; readonly paths: readonly string[] };

/** Folders that differ on both sides; each costs three reads. */
const MAX_FOLDERS = 20_000;
const MAX_DEPTH = 128;
const MAX_PATHS = 100;

type Entry = { readonly name: Uint8Array; readonly mode: string; readonly oid: Oid };
type Sides<T> = { readonly base: T; readonly ours: T; readonly theirs: T };

/**
 * The three-way merge of whole files: a side that left a file as it was in `base` yields to the
 * other. Nobody looks into files, so the result follows from the trees alone, and whoever has them
 * can compute it again. Folders that only one side touched are taken unread.
 */
export async function mergeTrees(
  editor: TreeEditor,
  trees: { readonly base: Oid | null; readonly ours: Oid; readonly theirs: Oid },
): Promise<MergedTree> {
  const conflicts: string[] = [];
  let folders = 0;

  const mergeFolder = async (sides: Sides<Oid | null>, prefix: string): Promise<Oid | null> => {
    const settled = settle(sides);
    if (settled !== undefined) return settled;
    folders += 1;
    if (folders > MAX_FOLDERS || prefix.split('/').length > MAX_DEPTH) {
      throw new CodedError('P107', 'the trees differ in too many folders to be merged');
    }
    const maps = {
      base: await loadEntries(editor, sides.base),
      ours: await loadEntries(editor, sides.ours),
      theirs: await loadEntries(editor, sides.theirs),
    };
    const merged: Entry[] = [];
    const names = new Set([...maps.ours.keys(), ...maps.theirs.keys()]);
    for (const name of [...names].sort()) {
      const entry = await mergeName(maps, name, `${prefix}${decodeUtf8Name(name)}`);
      if (entry !== null) merged.push(entry);
    }
    return writeFolder(editor, merged);
  };

  /** A name may stand for a file and, on another side, for a folder: each is merged by itself. */
  const mergeName = async (
    maps: Sides<ReadonlyMap<string, Entry>>,
    name: string,
    path: string,
  ): Promise<Entry | null> => {
    const entries = mapSides(maps, (map) => map.get(name) ?? null);
    const files = mapSides(entries, (entry) => (entry?.mode === FOLDER ? null : toFileKey(entry)));
    const subtrees = mapSides(entries, (entry) => (entry?.mode === FOLDER ? entry.oid : null));
    const folder = await mergeFolder(subtrees, `${path}/`);
    const file = settle(files);
    if (file === undefined || (file !== null && folder !== null)) {
      conflicts.push(path);
      return null;
    }
    const bytes = (entries.ours ?? entries.theirs)?.name as Uint8Array;
    if (folder !== null) return { name: bytes, mode: FOLDER, oid: folder };
    if (file === null) return null;
    const [mode = '', oid = ''] = file.split(' ');
    return { name: bytes, mode, oid };
  };

  const tree = await mergeFolder(trees, '');
  if (conflicts.length > 0) {
    return { state: 'conflict', paths: conflicts.sort().slice(0, MAX_PATHS) };
  }
  if (tree !== null) return { state: 'clean', tree };
  editor.emit({ oid: EMPTY_FOLDER.oid, type: 'tree', body: EMPTY_FOLDER.body, replaces: null });
  return { state: 'clean', tree: EMPTY_FOLDER.oid };
}

const FOLDER = '40000';

/** Undefined when both sides changed it, each in its own way. */
function settle<T>({ base, ours, theirs }: Sides<T>): T | undefined {
  if (ours === theirs || base === theirs) return ours;
  return base === ours ? theirs : undefined;
}

function mapSides<T, R>(sides: Sides<T>, convert: (side: T) => R): Sides<R> {
  return {
    base: convert(sides.base),
    ours: convert(sides.ours),
    theirs: convert(sides.theirs),
  };
}

/** A file is what it holds and whether it may be run; text, so that two of them compare. */
function toFileKey(entry: Entry | null): string | null {
  return entry === null ? null : `${entry.mode} ${entry.oid}`;
}

async function loadEntries(
  editor: TreeEditor,
  tree: Oid | null,
): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>();
  if (tree === null || tree === EMPTY_FOLDER.oid) return entries;
  const body = await editor.loadTree(tree);
  try {
    for (let span = readSpan(body, 0); span !== null; span = readSpan(body, span.end)) {
      const name = body.subarray(span.nameStart, span.nameEnd);
      const mode = isFolder(body, span) ? FOLDER : readMode(body, span);
      entries.set(toByteText(name), { name, mode, oid: readOid(body, span) });
    }
  } catch (cause) {
    throw new CodedError('P404', `tree ${tree} is malformed`, { cause });
  }
  return entries;
}

/** Names are kept as bytes, since Git asks for no encoding; only messages need text. */
function decodeUtf8Name(name: string): string {
  const bytes = Uint8Array.from(name, (character) => character.charCodeAt(0));
  return decodeUtf8(bytes) ?? name;
}

function writeFolder(editor: TreeEditor, entries: readonly Entry[]): Oid | null {
  if (entries.length === 0) return null;
  const keyed = entries.map((entry) => ({ entry, key: toSortKey(entry) }));
  keyed.sort((left, right) => (left.key < right.key ? -1 : 1));
  const body = joinBytes(
    keyed.flatMap(({ entry: { mode, name, oid } }) => [
      utf8ToBytes(`${mode} `),
      name,
      Uint8Array.of(0),
      hexToBytes(oid),
    ]),
  );
  const oid = editor.hash('tree', body);
  editor.emit({ oid, type: 'tree', body, replaces: null });
  return oid;
}

/** Git sorts a folder as if its name ended in a slash; one character stands for one byte here. */
function toSortKey({ name, mode }: Entry): string {
  return toByteText(name) + (mode === FOLDER ? '/' : '');
}
