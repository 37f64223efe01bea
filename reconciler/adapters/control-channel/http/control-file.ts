import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import type { ControlFile } from '../../../core/contracts/node-config.ts';

/** An address, a token and the address of a database. */
const MAX_FILE_BYTES = 16 * 1024;
const OTHERS_MASK = 0o077;

/** Written aside and renamed: whoever reads it meanwhile gets the old one or the new one, whole. */
export async function writeControlFile(path: string, file: ControlFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const aside = `${path}.partial`;
  const handle = await open(aside, 'w', 0o600);
  try {
    // The mode of `open` is that of a new file alone: a leftover may have had another one.
    await handle.chmod(0o600);
    await handle.writeFile(`${JSON.stringify(file)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(aside, path);
}

/** Throws P811: with the remedy `retry` while there is none, else `stop`. It echoes no content. */
export async function readControlFile(path: string): Promise<ControlFile> {
  const handle = await openFile(path);
  try {
    return parseFile(path, await readText(path, handle));
  } finally {
    await handle.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    if (!hasErrorCode(cause, 'ENOENT')) throw refuse(path, 'cannot be opened', cause);
    const message = `${path} is not there: no reconciler has started yet`;
    throw new CodedError('P811', message, { remedy: 'retry', cause });
  }
}

/** All checks are on the open file: its name may be given to another one meanwhile. */
async function readText(path: string, handle: FileHandle): Promise<string> {
  const stats = await handle.stat();
  if (!stats.isFile()) throw refuse(path, 'is no file');
  if (stats.uid !== (process.geteuid?.() ?? stats.uid)) {
    throw refuse(path, 'belongs to another user');
  }
  if ((stats.mode & OTHERS_MASK) !== 0) {
    throw refuse(path, `is open to others; run: chmod 600 ${path}`);
  }
  if (stats.size > MAX_FILE_BYTES) throw refuse(path, `is larger than ${MAX_FILE_BYTES} bytes`);
  return handle.readFile('utf8');
}

function parseFile(path: string, text: string): ControlFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message would quote the text.
    throw refuse(path, 'is no JSON');
  }
  if (typeof value !== 'object' || value === null) throw refuse(path, 'is no control file');
  const { v, url, token, databaseUrl } = value as Partial<Record<keyof ControlFile, unknown>>;
  if (v !== 1 || typeof token !== 'string' || typeof databaseUrl !== 'string') {
    throw refuse(path, 'is no control file of this version');
  }
  if (typeof url !== 'string' || !/^http:\/\/127\.0\.0\.1:\d{1,5}$/.test(url)) {
    throw refuse(path, 'names no address of this machine, such as http://127.0.0.1:8081');
  }
  if (!/^[!-~]{16,4096}$/.test(token)) throw refuse(path, 'has no usable token');
  return { v, url, token, databaseUrl };
}

function refuse(path: string, why: string, cause?: unknown): CodedError {
  return new CodedError('P811', `${path} ${why}`, { remedy: 'stop', cause });
}
