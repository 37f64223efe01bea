import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StatePaths } from './state-paths.ts';

/** What the set-up and the database keep in the folder, besides what commands know by its path. */
const OTHERS = ['postgres', 'npm-cache'];

/**
 * Removes what Plumbline made in the state folder, and the folder if nothing else is in it: it may
 * be one that somebody chose, with files of their own. Returns the names of what stays. The record
 * of the installation goes last, so that a removal that was cut off can be repeated.
 */
export async function removeState(paths: StatePaths): Promise<readonly string[]> {
  const { root, instance, repository, keys, anchors, processes, zones, secrets } = paths;
  const others = OTHERS.map((name) => join(root, name));
  const ours = [repository, keys, anchors, processes, zones, secrets, ...others];
  for (const path of [...ours, `${instance}.partial`, instance]) {
    await rm(path, { recursive: true, force: true });
  }
  const left = await readdir(root);
  if (left.length === 0) await rmdir(root);
  return left.sort();
}
