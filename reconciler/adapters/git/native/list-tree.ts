import { CodedError } from '../../../core/contracts/coded-error.ts';
import { isOid, type Oid } from '../../../core/contracts/git.ts';
import { isTreePath, toEntryType } from '../../../core/contracts/git-tree.ts';
import { decodeUtf8 } from '../../../core/contracts/utf8.ts';
import type { TreeEntry, TreeLimits } from '../../../ports/git.ts';
import { runGit, toGitFailure } from './command.ts';

/** Mode, type, oid and size, which Git pads, before the path. */
const FIXED_BYTES = 80;
const NUL = 0;
const TAB = 9;
const LINE = /^(\d{6}) (blob|tree|commit) ([0-9a-f]{40}) +(\d+|-)$/;

/**
 * Folders are listed and counted too (`-t`): a tree of folders alone can be unfolded for ever
 * from a few bytes, and would otherwise be walked without a single line of output.
 */
export async function listTree(
  repositoryPath: string,
  commit: Oid,
  limits: TreeLimits,
): Promise<readonly TreeEntry[]> {
  const entries: TreeEntry[] = [];
  let count = 0;
  const takeLine = (line: Uint8Array): void => {
    count += 1;
    if (count > limits.maxEntries) throw toTooLarge(`more than ${limits.maxEntries} entries`);
    const entry = parseLine(line, limits);
    if (entry !== null) entries.push(entry);
  };
  const splitter = createSplitter(takeLine, limits.maxPathBytes + FIXED_BYTES);
  const args = ['ls-tree', '-r', '-t', '-z', '-l', '--full-tree', '--end-of-options', commit];
  await runGit(repositoryPath, { args, onOutput: splitter });
  return sortEntries(entries);
}

function createSplitter(takeLine: (line: Uint8Array) => void, maxBytes: number) {
  let rest = Buffer.alloc(0);
  return (chunk: Buffer): void => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(NUL); end !== -1; end = bytes.indexOf(NUL, start)) {
      takeLine(bytes.subarray(start, end));
      start = end + 1;
    }
    rest = Buffer.from(bytes.subarray(start));
    if (rest.length > maxBytes) throw toTooLarge(`a path of more than ${maxBytes} bytes`);
  };
}

/** Null for a folder, which is no entry of its own. */
function parseLine(line: Uint8Array, limits: TreeLimits): TreeEntry | null {
  const tab = line.indexOf(TAB);
  const pathBytes = line.subarray(tab + 1);
  if (pathBytes.length > limits.maxPathBytes) {
    throw toTooLarge(`a path of more than ${limits.maxPathBytes} bytes`);
  }
  const match = LINE.exec(String.fromCharCode(...line.subarray(0, Math.max(tab, 0))));
  const [, mode = '', , oid = '', size = ''] = match ?? [];
  if (!isOid(oid)) throw toGitFailure('git ls-tree gave a line that is none', '');
  const path = decodeUtf8(pathBytes);
  if (path === null || !isTreePath(path)) throw toRefusedPath(pathBytes);
  const type = toEntryType(mode);
  if (type === 'folder') return null;
  if (type === null) throw new CodedError('P107', `${path} has the unknown mode ${mode}`);
  if (type === 'file' && size === '-') throw toGitFailure(`${path} has no size`, '');
  return { path, oid, type, sizeBytes: size === '-' ? 0 : Number(size) };
}

function sortEntries(entries: TreeEntry[]): readonly TreeEntry[] {
  entries.sort((left, right) => (left.path < right.path ? -1 : left.path > right.path ? 1 : 0));
  for (let at = 1; at < entries.length; at += 1) {
    const path = entries[at]?.path as string;
    if (path === entries[at - 1]?.path) {
      throw new CodedError('P107', `${path} stands in the tree twice`);
    }
  }
  return entries;
}

function toTooLarge(what: string): CodedError {
  return new CodedError('P107', `the tree has ${what}`);
}

/** Printed escaped: the point of refusing the path is that it is not safe to print. */
function toRefusedPath(bytes: Uint8Array): CodedError {
  const shown = encodeURI(Buffer.from(bytes).toString('latin1')).slice(0, 200);
  return new CodedError('P107', `a path is refused (escaped here): ${shown}`);
}
