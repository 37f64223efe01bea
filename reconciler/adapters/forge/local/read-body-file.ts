import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { decodeUtf8 } from '../../../core/contracts/utf8.ts';
import { PULL_LIMITS } from '../../../core/forge/pull-event.ts';

/** A character is at most four bytes of UTF-8. */
const MAX_BYTES = 4 * PULL_LIMITS.maxBodyCharacters;

/** The text of a pull request from the file that somebody names on the command line. */
export async function readBodyFile(path: string, cwd: string): Promise<string> {
  const bytes = await readBounded(resolve(cwd, path));
  if (bytes.length > MAX_BYTES) {
    throw new CodedError('P601', `--body-file ${path} is larger than ${MAX_BYTES} bytes`);
  }
  const text = decodeUtf8(bytes);
  if (text !== null) return text.replaceAll('\r\n', '\n').trimEnd();
  throw new CodedError('P601', `--body-file ${path} is not UTF-8 text`);
}

/** One byte more than allowed at most, so that a reader sees that it is too large. */
async function readBounded(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path, 'r');
    try {
      const buffer = Buffer.alloc(MAX_BYTES + 1);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'reading failed';
    throw new CodedError('P601', `--body-file cannot be read: ${why}`, { cause });
  }
}
