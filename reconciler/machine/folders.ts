import { readdir } from 'node:fs/promises';
import { hasErrorCode } from '../core/contracts/has-error-code.ts';

/** The names of the folders in a folder, sorted; none when it is not there. */
export async function listFolders(path: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}
