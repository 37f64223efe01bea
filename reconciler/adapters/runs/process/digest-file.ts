import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * Of a file that a program may have put anything in the place of: a link is not followed, a pipe
 * not waited for, and a device, which may never end, not read. Throws when it is larger.
 */
export async function digestFile(
  path: string,
  maxBytes = Number.MAX_SAFE_INTEGER,
): Promise<string> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Error(`${path} is no file`);
    if (stats.size > maxBytes) throw new Error(`${path} has more than ${maxBytes} bytes`);
    const hash = createHash('sha256');
    // What somebody adds meanwhile is not read: it would be another digest in any case.
    for await (const chunk of handle.createReadStream({ end: maxBytes, autoClose: false })) {
      hash.update(chunk);
    }
    return `sha256:${hash.digest('hex')}`;
  } finally {
    await handle.close();
  }
}
