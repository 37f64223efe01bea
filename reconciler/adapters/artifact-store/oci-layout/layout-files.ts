import { readFile } from 'node:fs/promises';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';

/** Null when there is no such file. */
export async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}
