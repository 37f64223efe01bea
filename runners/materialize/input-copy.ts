import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises';
import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { Digest } from '../../reconciler/core/contracts/digest.ts';
import { hasErrorCode } from '../../reconciler/core/contracts/has-error-code.ts';

/** Read, copied and sorted on one machine: beyond it a source is split or queried. */
const MAX_INPUT_BYTES = 16 * 1024 ** 3;

const CHUNK_BYTES = 1024 * 1024;

/**
 * Copies a file once, and shows each chunk on its way: what is judged, hashed and read afterwards
 * are the same bytes, even while somebody writes to the file. Throws P801 when it is no plain file.
 */
export async function copyInput(input: {
  readonly from: string;
  readonly to: string;
  readonly see: (chunk: Uint8Array) => void;
}): Promise<Digest> {
  const source = await openPlainFile(input.from);
  try {
    const target = await open(input.to, 'wx', 0o600);
    try {
      return await copy(source, target, input.see);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function copy(
  source: FileHandle,
  target: FileHandle,
  see: (chunk: Uint8Array) => void,
): Promise<Digest> {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(CHUNK_BYTES);
  let length = 0;
  // Each turn reads at least one byte, and the size bounds them.
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
    if (length > MAX_INPUT_BYTES) throw toTooLarge();
    const chunk = buffer.subarray(0, bytesRead);
    see(chunk);
    hash.update(chunk);
    await target.writeFile(chunk);
  }
  if (length === 0) throw new CodedError('P801', 'the file is empty');
  return `sha256:${hash.digest('hex')}`;
}

async function openPlainFile(path: string): Promise<FileHandle> {
  const handle = await openWithoutLink(path);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new CodedError('P801', 'there is no file but something else');
    if (stats.size > MAX_INPUT_BYTES) throw toTooLarge();
    await requirePlace(handle, path);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * A folder on the way may have become a link since somebody looked at it: the open file must be the
 * one of that path. It may have been replaced by another one meanwhile.
 */
async function requirePlace(handle: FileHandle, path: string): Promise<void> {
  const place = await readPlace(handle, path);
  if (place === path || place === `${path} (deleted)`) return;
  throw new CodedError('P801', 'there is no file but one that a link leads to: put the file there');
}

async function readPlace({ fd }: FileHandle, path: string): Promise<string> {
  try {
    return await readlink(`/proc/self/fd/${fd}`);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
    // Other systems do not say where an open file is, but where its path leads now.
    return await realpath(path);
  }
}

async function openWithoutLink(path: string): Promise<FileHandle> {
  try {
    // Without waiting for whoever would write into a pipe.
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) throw new CodedError('P801', 'there is no file');
    if (hasErrorCode(error, 'ELOOP', 'EMLINK', 'ENXIO')) {
      throw new CodedError('P801', 'there is no file but a link or something else');
    }
    if (hasErrorCode(error, 'EACCES', 'EPERM')) {
      throw new CodedError('P801', 'the file may not be read: give its reader the right to');
    }
    throw error;
  }
}

function toTooLarge(): CodedError {
  return new CodedError('P801', `the file is larger than ${MAX_INPUT_BYTES} bytes: split it`);
}
