import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes what Plumbline made in a state folder, in that order, and the folder if nothing else is
 * in it: it may be one that somebody chose, with files of their own. Returns the names of what
 * stays. The record of the installation goes last, so that a removal that was cut off is repeated.
 */
export async function removeState(
  root: string,
  entries: readonly string[],
): Promise<readonly string[]> {
  for (const entry of entries) await rm(join(root, entry), { recursive: true, force: true });
  const left = await readdir(root);
  if (left.length === 0) await rmdir(root);
  return left.sort();
}
