import { constants } from 'node:fs';
import { link, lstat, mkdir, open, opendir, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { syncFolder } from '../../../machine/durable-file.ts';

export type FolderEntry = {
  readonly name: string;
  readonly type: 'file' | 'folder' | 'other';
};

export type Durability = 'durable' | 'volatile';

/**
 * What the executor does to a disk, in steps so small that a crash can fall between any two.
 * Links are never followed at the end of a path, and a name that ends in `.tmp` is only ever a
 * half-written file of ours.
 */
export interface Files {
  /** Null when there is no such file. Throws when it is larger. */
  readText(path: string, maxBytes: number): Promise<string | null>;
  /** Sorted by name; null when there is no such folder. Throws when there are more. */
  listEntries(path: string, maxEntries: number): Promise<readonly FolderEntry[] | null>;
  /** With its parents, for its owner alone. A folder that is there already is fine. */
  makeFolder(path: string): Promise<void>;
  /** Replaces the file as a whole. `durable`: it survives a power cut once this resolves. */
  writeWhole(path: string, text: string, durability: Durability): Promise<void>;
  /** Creates the file with its whole text, or answers false when there is one. Not durable. */
  createWhole(path: string, asidePath: string, text: string): Promise<boolean>;
  /** Makes the coming and going of a folder's entries durable. */
  syncFolder(path: string): Promise<void>;
  /** Removing what is not there succeeds, here and below. */
  removeFile(path: string): Promise<void>;
  /** Throws when the folder is not empty. */
  removeEmptyFolder(path: string): Promise<void>;
  removeTree(path: string): Promise<void>;
}

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

export function createFiles(): Files {
  return {
    readText,
    listEntries,
    makeFolder,
    writeWhole,
    createWhole,
    syncFolder,
    removeFile: (path) => unless('ENOENT', unlink(path)),
    removeEmptyFolder: (path) => unless('ENOENT', rmdir(path)),
    removeTree: (path) => rm(path, { recursive: true, force: true }),
  };
}

async function readText(path: string, maxBytes: number): Promise<string | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await orNull('ENOENT', open(path, flags));
  if (handle === null) return null;
  try {
    const buffer = Buffer.alloc(maxBytes + 1);
    let length = 0;
    // Each turn reads at least one byte, so the buffer bounds the loop.
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    if (length > maxBytes) throw new Error(`${path} is larger than ${maxBytes} bytes`);
    return buffer.toString('utf8', 0, length);
  } finally {
    await handle.close();
  }
}

async function listEntries(
  path: string,
  maxEntries: number,
): Promise<readonly FolderEntry[] | null> {
  const folder = await orNull('ENOENT', opendir(path));
  if (folder === null) return null;
  const entries: FolderEntry[] = [];
  for await (const entry of folder) {
    if (entries.length >= maxEntries) throw new Error(`${path} has over ${maxEntries} entries`);
    const type = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';
    entries.push({ name: entry.name, type });
  }
  return entries.sort((left, right) => (left.name < right.name ? -1 : 1));
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: PRIVATE_FOLDER });
  // A link to a folder would satisfy `mkdir`; behind it is not ours.
  if (!(await lstat(path)).isDirectory()) throw new Error(`${path} is no folder`);
}

async function writeWhole(path: string, text: string, durability: Durability): Promise<void> {
  const asidePath = `${path}.tmp`;
  await writeAside(asidePath, text, durability);
  await rename(asidePath, path);
  if (durability === 'durable') await syncFolder(dirname(path));
}

async function createWhole(path: string, asidePath: string, text: string): Promise<boolean> {
  await writeAside(asidePath, text, 'volatile');
  try {
    // Unlike a rename, a link fails when the name is taken; unlike O_EXCL, the text is complete.
    return (
      (await orNull(
        'EEXIST',
        link(asidePath, path).then(() => true),
      )) ?? false
    );
  } finally {
    await unlink(asidePath);
  }
}

async function writeAside(path: string, text: string, durability: Durability): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  const handle = await open(path, flags, PRIVATE_FILE);
  try {
    await handle.writeFile(text);
    if (durability === 'durable') await handle.sync();
  } finally {
    await handle.close();
  }
}

async function orNull<T>(code: string, promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (hasErrorCode(error, code)) return null;
    throw error;
  }
}

async function unless(code: string, promise: Promise<void>): Promise<void> {
  await orNull(code, promise);
}
