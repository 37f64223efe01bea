import type { Dir, Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import type { FolderEntry, FolderLimits, WorkingFolder } from '../../../ports/working-folder.ts';
import { readCut } from './read-cut.ts';

/**
 * A clone may lie among caches and data that nobody wants, so more names are looked at than files
 * may be wanted. At a few microseconds a name, 20,000 wanted files make this about five seconds.
 */
const NAMES_PER_ENTRY_MAX = 64;

/** Folders inside each other. Every path that a Git host accepts stays far below it. */
const DEPTH_MAX = 64;

/** Files open at once: enough to keep a disk busy, far below any limit on open files. */
const READERS = 16;

/** The replacement character stands for bytes that are no text; such a name cannot be opened. */
const REFUSED_IN_PATH =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
  /[\u0000-\u001f\u007f\ufffd]/;

type Found = { readonly path: string; readonly type: FolderEntry['type'] };

export function createFolderWorkingFolder(options: { readonly folder: string }): WorkingFolder {
  const { folder } = options;
  return {
    async read(wants, limits) {
      const found = await walk(folder, wants, limits);
      found.sort((left, right) => (left.path < right.path ? -1 : 1));
      return readAll(folder, found, limits.maxBytesEach);
    },
  };
}

type Level = { readonly prefix: string; readonly depth: number };

async function walk(
  folder: string,
  wants: (path: string) => boolean,
  limits: FolderLimits,
): Promise<Found[]> {
  const found: Found[] = [];
  const pending: Level[] = [{ prefix: '', depth: 0 }];
  const maxNames = limits.maxEntries * NAMES_PER_ENTRY_MAX;
  let names = 0;
  for (let level = pending.pop(); level !== undefined; level = pending.pop()) {
    const opened = await openLevel(folder, level);
    if (opened === null) continue;
    for await (const child of opened) {
      names += 1;
      if (names > maxNames) throw refuse(`the folder holds more than ${maxNames} names`);
      const path = level.prefix + child.name;
      if (child.isDirectory()) {
        if (isPassedOver(child.name)) continue;
        pending.push({ prefix: `${checkPath(path)}/`, depth: level.depth + 1 });
        continue;
      }
      const type = toType(child);
      if (type === null || !wants(path)) continue;
      found.push({ path: checkPath(path), type });
      if (found.length > limits.maxEntries) {
        throw refuse(`the folder holds more than ${limits.maxEntries} files of the wanted kind`);
      }
    }
  }
  return found;
}

/** Null when the folder went away between its listing and now: somebody works there. */
async function openLevel(folder: string, level: Level): Promise<Dir | null> {
  if (level.depth > DEPTH_MAX) throw refuse(`folders lie more than ${DEPTH_MAX} deep`);
  try {
    return await opendir(join(folder, level.prefix));
  } catch (cause) {
    const isGone = hasErrorCode(cause, 'ENOENT', 'ENOTDIR');
    if (isGone && level.depth > 0) return null;
    if (isGone) throw new CodedError('P603', `there is no folder ${folder}`, { cause });
    throw toUnreadable(level.prefix === '' ? folder : level.prefix, cause);
  }
}

function isPassedOver(name: string): boolean {
  return name === '.git' || name === 'node_modules';
}

/** Null for a pipe, a socket or a device: opening one may hang or act. */
function toType(child: Dirent): FolderEntry['type'] | null {
  if (child.isSymbolicLink()) return 'symlink';
  return child.isFile() ? 'file' : null;
}

function checkPath(path: string): string {
  if (!REFUSED_IN_PATH.test(path)) return path;
  throw refuse(`a path is refused (escaped here): ${JSON.stringify(path).slice(0, 200)}`);
}

async function readAll(
  folder: string,
  found: readonly Found[],
  maxBytes: number,
): Promise<readonly FolderEntry[]> {
  const entries: (FolderEntry | null)[] = [];
  for (let at = 0; at < found.length; at += READERS) {
    const batch = found.slice(at, at + READERS);
    entries.push(...(await Promise.all(batch.map((one) => readEntry(folder, one, maxBytes)))));
  }
  return entries.filter((entry) => entry !== null);
}

/** What the listing saw may be something else by now; what the open file is counts. */
async function readEntry(
  folder: string,
  { path, type }: Found,
  maxBytes: number,
): Promise<FolderEntry | null> {
  const link: FolderEntry = { path, type: 'symlink', bytes: new Uint8Array() };
  if (type === 'symlink') return link;
  try {
    const bytes = await readCut(join(folder, path), maxBytes);
    return bytes === null ? null : { path, type, bytes };
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT', 'ENOTDIR')) return null;
    if (hasErrorCode(cause, 'ELOOP')) return link;
    throw toUnreadable(path, cause);
  }
}

function refuse(why: string): CodedError {
  return new CodedError('P107', why);
}

function toUnreadable(path: string, cause: unknown): CodedError {
  const why = hasErrorCode(cause, 'EACCES', 'EPERM') ? 'permission denied' : 'reading failed';
  return new CodedError('P606', `${path} cannot be read: ${why}`, { cause });
}
