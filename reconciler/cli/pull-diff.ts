import type { Oid } from '../core/contracts/git.ts';
import { decodeUtf8 } from '../core/contracts/utf8.ts';
import { diffFile, type FileDiff, toOpaqueDiff } from '../core/forge/unified-diff.ts';
import type { GitReader, TreeEntry } from '../ports/git.ts';

const TREE_LIMITS = { maxEntries: 100_000, maxPathBytes: 1_024 };
const MAX_FILES = 300;
const MAX_FILE_BYTES = 256 * 1024;
/** All changes together; what comes after is named without its lines. */
const MAX_PATCH_CHARACTERS = 1024 * 1024;

export type PullDiff = {
  readonly files: readonly FileDiff[];
  /** False when there are more files than are listed. */
  readonly isComplete: boolean;
};

type Change = {
  readonly path: string;
  readonly before: TreeEntry | null;
  readonly after: TreeEntry | null;
};

/** From where the branch parted to its head, so that what others did on main is no part of it. */
export async function readPullDiff(
  git: GitReader,
  { base, head }: { readonly base: Oid; readonly head: Oid },
): Promise<PullDiff> {
  const changes = findChanges(
    await git.listTree(base, TREE_LIMITS),
    await git.listTree(head, TREE_LIMITS),
  );
  const listed = changes.slice(0, MAX_FILES);
  const files: FileDiff[] = [];
  let total = 0;
  for (const change of listed) {
    const file = total > MAX_PATCH_CHARACTERS ? toOpaque(change) : await readChange(git, change);
    total += file.patch.length;
    files.push(file);
  }
  return { files, isComplete: listed.length === changes.length };
}

function findChanges(before: readonly TreeEntry[], after: readonly TreeEntry[]): readonly Change[] {
  const old = new Map(before.map((entry) => [entry.path, entry]));
  const fresh = new Map(after.map((entry) => [entry.path, entry]));
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .sort()
    .map((path) => ({ path, before: old.get(path) ?? null, after: fresh.get(path) ?? null }))
    .filter((change) => change.before?.oid !== change.after?.oid);
}

function toOpaque({ path, before, after }: Change): FileDiff {
  if (before === null) return toOpaqueDiff(path, 'added');
  return toOpaqueDiff(path, after === null ? 'removed' : 'changed');
}

async function readChange(git: GitReader, change: Change): Promise<FileDiff> {
  const entries = [change.before, change.after].filter((entry) => entry !== null);
  const isShown = entries.every(
    ({ type, sizeBytes }) => type === 'file' && sizeBytes <= MAX_FILE_BYTES,
  );
  if (!isShown) return toOpaque(change);
  const blobs = await git.readBlobs(
    entries.map(({ oid }) => oid),
    MAX_FILE_BYTES,
  );
  const texts = entries.map(({ oid }) => toText(blobs.get(oid)));
  if (texts.includes(null)) return toOpaque(change);
  const { path, before, after } = change;
  const [first = null] = texts;
  const last = texts.at(-1) ?? null;
  return diffFile({ path, before: before && first, after: after && last });
}

/** Null for what is no text. */
function toText(bytes: Uint8Array | undefined): string | null {
  return bytes === undefined || bytes.includes(0) ? null : decodeUtf8(bytes);
}
