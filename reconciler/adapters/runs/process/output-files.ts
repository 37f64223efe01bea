import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { toFailureText } from '../../../core/runs/failure-text.ts';
import { parseProgress, type RunProgress } from '../../../core/runs/progress.ts';

/** 1,024 characters of at most four bytes each, and room for what is cut off their front. */
const FAILURE_BYTES = 8 * 1024;
/** Sixteen lines of the greatest length. */
const PROGRESS_TAIL_BYTES = 64 * 1024;
const MAX_PROGRESS_BYTES = 8 * 1024 * 1024;

/** The first words of `output/failure`; null when there are none. */
export async function readFailure(path: string): Promise<string | null> {
  return withOutput(path, constants.O_RDONLY, async (handle) => {
    const buffer = Buffer.alloc(FAILURE_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, FAILURE_BYTES, 0);
    return toFailureText(buffer.toString('utf8', 0, bytesRead));
  });
}

export async function readProgress(path: string): Promise<RunProgress | null> {
  return withOutput(path, constants.O_RDONLY, async (handle) => {
    const { size } = await handle.stat();
    return parseProgress(await readTail(handle, size));
  });
}

/** How long the file is; past the bound only its last line is kept. */
export async function boundProgress(path: string): Promise<number> {
  const size = await withOutput(path, constants.O_RDWR, async (handle) => {
    const { size } = await handle.stat();
    if (size <= MAX_PROGRESS_BYTES) return size;
    const lines = (await readTail(handle, size)).split('\n');
    const last = lines.at(-2) ?? '';
    await handle.truncate(0);
    if (last !== '') await handle.write(`${last}\n`, 0);
    return last.length;
  });
  return size ?? 0;
}

async function readTail(handle: FileHandle, size: number): Promise<string> {
  const length = Math.min(size, PROGRESS_TAIL_BYTES);
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, size - length);
  return buffer.toString('utf8', 0, bytesRead);
}

/**
 * Null when there is no such file. A program may put anything in its place: a link is not followed,
 * a pipe not waited for.
 */
async function withOutput<T>(
  path: string,
  access: number,
  use: (handle: FileHandle) => Promise<T>,
): Promise<T | null> {
  let handle: FileHandle;
  try {
    handle = await open(path, access | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const isOther = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EISDIR', 'EACCES'];
    if (hasErrorCode(error, ...isOther)) return null;
    throw error;
  }
  try {
    return (await handle.stat()).isFile() ? await use(handle) : null;
  } finally {
    await handle.close();
  }
}
