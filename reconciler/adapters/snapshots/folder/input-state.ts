import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import type { Digest } from '../../../core/contracts/digest.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';

/**
 * What tells cheaply that a file is untouched, as text. The time of the last change of its entry is
 * part of it, since that of its content can be set back.
 */
export async function readInputState(path: string): Promise<string | null> {
  try {
    const stats = await lstat(path, { bigint: true });
    if (!stats.isFile()) return null;
    const { dev, ino, size, mtimeNs, ctimeNs } = stats;
    return [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

/** Null when there is no plain file. */
export async function digestFile(path: string): Promise<Digest | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EMLINK', 'ENXIO')) return null;
    throw error;
  });
  if (handle === null) return null;
  try {
    if (!(await handle.stat()).isFile()) return null;
    const hash = createHash('sha256');
    const stream = handle.createReadStream({ autoClose: false });
    for await (const chunk of stream) hash.update(chunk as Buffer);
    return `sha256:${hash.digest('hex')}`;
  } finally {
    await handle.close();
  }
}
