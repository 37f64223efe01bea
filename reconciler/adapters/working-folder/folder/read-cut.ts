import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Small files, which are nearly all, fit without growing. */
const FIRST_BYTES = 16 * 1024;

/**
 * The file's content up to one byte beyond `maxBytes`; null when it is no ordinary file. A link is
 * not followed (ELOOP) and a pipe is not waited on. The size is not asked for: it may change.
 */
export async function readCut(path: string, maxBytes: number): Promise<Uint8Array | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags);
  try {
    return (await handle.stat()).isFile() ? await readUpTo(handle, maxBytes + 1) : null;
  } finally {
    await handle.close();
  }
}

async function readUpTo(handle: FileHandle, limit: number): Promise<Uint8Array> {
  let buffer = Buffer.alloc(Math.min(limit, FIRST_BYTES));
  let length = 0;
  // Each turn reads at least one byte or ends, so the limit bounds the loop.
  while (length < limit) {
    if (length === buffer.length) buffer = grow(buffer, limit);
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  // A copy of its own: a view would keep the whole buffer alive.
  return new Uint8Array(buffer.subarray(0, length));
}

function grow(buffer: Buffer, limit: number): Buffer<ArrayBuffer> {
  const larger = Buffer.alloc(Math.min(limit, buffer.length * 4));
  buffer.copy(larger);
  return larger;
}
