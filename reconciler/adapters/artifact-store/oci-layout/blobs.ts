import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TextBlob } from '../../../core/artifacts/compose-version.ts';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { syncFolder } from '../../../machine/durable-file.ts';
import type { Randomness } from '../../../ports/randomness.ts';

/** What the bytes of a blob must be. */
export type Expected = { readonly digest: string; readonly size: number };

export interface Blobs {
  /** Absolute. */
  pathOf(digest: string): string;
  /** Durable when it resolves; writing what is there already changes nothing. */
  writeText(blob: TextBlob): Promise<void>;
  /** Copies a file. Throws P806, and keeps nothing, when its bytes are not the expected ones. */
  copyFile(path: string, expected: Expected): Promise<void>;
  /** Throws P806 when the bytes are missing, too many, or of another digest. */
  readText(digest: string, maxBytes: number): Promise<string>;
  verifyFile(expected: Expected): Promise<void>;
  /** Replaces a file as a whole, or creates it; durable when it resolves. */
  replaceFile(path: string, text: string): Promise<void>;
}

const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const CHUNK_BYTES = 1024 * 1024;

/** `blobs/sha256/<digest>`: a name says what the bytes are, so a file is whole or not there. */
export function createBlobs(deps: {
  readonly folder: string;
  readonly randomness: Randomness;
}): Blobs {
  const blobsFolder = join(deps.folder, 'blobs', 'sha256');
  const pathOf = (digest: string) => join(blobsFolder, digest.slice('sha256:'.length));
  /** Inside the layout, so that a rename never crosses a disk; readers of layouts pass it over. */
  const asideFolder = join(deps.folder, '.incoming');

  const putInPlace = async (path: string, write: (aside: FileHandle) => Promise<void>) => {
    await mkdir(asideFolder, { recursive: true, mode: 0o700 });
    const nonce = Buffer.from(deps.randomness.bytes(12)).toString('hex');
    const asidePath = join(asideFolder, nonce);
    try {
      const aside = await open(asidePath, 'wx', 0o600);
      try {
        await write(aside);
        await aside.sync();
      } finally {
        await aside.close();
      }
      await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
      await rename(asidePath, path);
      await syncFolder(join(path, '..'));
    } finally {
      await rm(asidePath, { force: true });
    }
  };

  return {
    pathOf,

    async writeText(blob) {
      if (await isAsExpected(pathOf(blob.digest), blob)) return;
      await putInPlace(pathOf(blob.digest), (aside) => aside.writeFile(blob.text));
    },

    async copyFile(path, expected) {
      if (await isAsExpected(pathOf(expected.digest), expected)) return;
      await putInPlace(pathOf(expected.digest), (aside) => copyChecked(path, aside, expected));
    },

    async readText(digest, maxBytes) {
      const handle = await openBlob(pathOf(digest), digest);
      try {
        const { size } = await handle.stat();
        if (size > maxBytes) throw toDamaged(digest, `has more than ${maxBytes} bytes`);
        const bytes = await handle.readFile();
        const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
        if (found !== digest) throw toDamaged(digest, 'has other bytes by now');
        return bytes.toString('utf8');
      } finally {
        await handle.close();
      }
    },

    async verifyFile(expected) {
      const handle = await openBlob(pathOf(expected.digest), expected.digest);
      try {
        const found = await digestHandle(handle, expected.size);
        if (found !== expected.digest) throw toDamaged(expected.digest, 'has other bytes by now');
      } finally {
        await handle.close();
      }
    },

    replaceFile: (path, text) => putInPlace(path, (aside) => aside.writeFile(text)),
  };
}

async function openBlob(path: string, digest: string): Promise<FileHandle> {
  try {
    return await open(path, READ_FLAGS);
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT', 'ELOOP')) throw toDamaged(digest, 'is missing');
    throw cause;
  }
}

function toDamaged(digest: string, what: string): CodedError {
  const advice = 'restore the artifact folder from a backup, or train and publish again';
  return new CodedError('P806', `the blob ${digest} ${what}: ${advice}`);
}

async function copyChecked(path: string, aside: FileHandle, expected: Expected): Promise<void> {
  const source = await open(path, READ_FLAGS);
  try {
    const found = await digestHandle(source, expected.size, (chunk) => aside.appendFile(chunk));
    if (found === expected.digest) return;
  } finally {
    await source.close();
  }
  throw new CodedError('P806', `the model's file is not the ${expected.digest} of its manifest`);
}

async function isAsExpected(path: string, expected: Expected): Promise<boolean> {
  try {
    const handle = await open(path, READ_FLAGS);
    try {
      return (await digestHandle(handle, expected.size)) === expected.digest;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ELOOP')) return false;
    throw error;
  }
}

/** Null when it is no file of this size. */
async function digestHandle(
  handle: FileHandle,
  size: number,
  pass: (chunk: Uint8Array) => Promise<void> = async () => {},
): Promise<string | null> {
  const stats = await handle.stat();
  if (!stats.isFile() || stats.size !== size) return null;
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, size + 1));
  let length = 0;
  // Each turn reads at least one byte, and never more than one chunk beyond the size.
  while (length <= size) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, length);
    if (bytesRead === 0) break;
    const chunk = buffer.subarray(0, bytesRead);
    hash.update(chunk);
    await pass(chunk);
    length += bytesRead;
  }
  return length === size ? `sha256:${hash.digest('hex')}` : null;
}
