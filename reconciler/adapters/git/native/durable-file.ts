import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { syncFolder } from '../../../machine/durable-file.ts';

/** A file that was not there before, on stable storage when it resolves. */
export async function createDurably(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Each folder that had to be made is durable in its parent. */
export async function makeFolderDurably(path: string): Promise<void> {
  if (await exists(path)) return;
  await makeFolderDurably(dirname(path));
  await mkdir(path, { recursive: true });
  await syncFolder(dirname(path));
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}
