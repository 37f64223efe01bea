import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { syncFolder } from '../../../machine/durable-file.ts';

/** The text of a file, or null when there is none. */
export async function readIfPresent(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Whole or not at all, owner-only and durable, even if the machine stops in the middle. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const partial = `${path}.partial`;
  await rm(partial, { force: true });
  const file = await open(partial, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(partial, path);
  await syncFolder(dirname(path));
}

/** The last lines of a log that a person needs to see; empty when there is no log. */
export async function readLastLines(path: string, maxLines: number): Promise<string> {
  const text = (await readIfPresent(path)) ?? '';
  return text.trimEnd().split('\n').slice(-maxLines).join('\n');
}
