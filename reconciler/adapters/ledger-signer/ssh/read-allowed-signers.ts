import { readFile } from 'node:fs/promises';
import { CodedError } from '../../../core/contracts/coded-error.ts';

/** The file of signers that somebody names on the command line. */
export async function readAllowedSigners(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'reading failed';
    throw new CodedError('P601', `--allowed-signers cannot be read: ${why}`, { cause });
  }
}
