import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isGenerated } from './tree.ts';

export type FileContents = ReadonlyMap<string, string>;

const FOLDERS = ['reconciler', 'spec-schemas', 'runners'];

/** Every committed file that a program wrote, by path. */
export async function readGenerated(root: string): Promise<FileContents> {
  const paths = await Promise.all(FOLDERS.map((folder) => listGenerated(root, folder)));
  const entries = paths.flat().map(async (path) => {
    return [path, await readFile(join(root, path), 'utf8')] as const;
  });
  return new Map(await Promise.all(entries));
}

async function listGenerated(root: string, folder: string): Promise<readonly string[]> {
  const names = await readdir(join(root, folder), { recursive: true }).catch(() => []);
  return names.map((name) => `${folder}/${name}`).filter(isGenerated);
}

/** Added, changed and removed paths, sorted. */
export function findChangedFiles(before: FileContents, after: FileContents): readonly string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).sort();
}
