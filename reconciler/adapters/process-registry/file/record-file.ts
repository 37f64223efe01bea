import { constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import type { JsonObject } from '../../../core/contracts/json.ts';
import type { ProcessRecord } from '../../../ports/process-registry.ts';

/** A record is a few hundred bytes; what is larger was not written by us. */
export const MAX_RECORD_BYTES = 32 * 1024;

/** Names tried for a file written aside; each try that fails met a leftover or a sibling. */
const ASIDE_TRIES = 100;

const MAX_IDENTITY_LENGTH = 512;

/**
 * The text of a file; null when there is none, empty when it cannot be a record. A file of another
 * user is refused: it could have us signal any process of ours.
 */
export async function readRecordText(path: string): Promise<string | null> {
  const handle = await openRecord(path);
  if (handle === null || handle === 'no-file') return handle === null ? null : '';
  try {
    const stats = await handle.stat();
    if (stats.uid !== (process.geteuid?.() ?? stats.uid)) throw toForeignOwner(path);
    if (!stats.isFile() || stats.size > MAX_RECORD_BYTES) return '';
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

async function openRecord(path: string): Promise<FileHandle | 'no-file' | null> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
    if (hasErrorCode(error, 'ELOOP', 'ENXIO')) return 'no-file';
    if (hasErrorCode(error, 'EACCES', 'EPERM')) throw toForeignOwner(path, error);
    throw error;
  }
}

function toForeignOwner(path: string, cause?: unknown): CodedError {
  const message = `${path} belongs to another user: run as that user, or remove it`;
  return new CodedError('P602', message, { cause });
}

export function toRecordText(record: ProcessRecord): string {
  return `${JSON.stringify({ v: 1, ...record })}\n`;
}

/**
 * Null for whatever is no record. Later versions may add fields and keep these three, so that an
 * older program still sees that a process runs and does not start a second one.
 */
export function parseRecord(text: string): ProcessRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  const { v, pid, identity, details } = value;
  if (!isPositive(v) || !isPositive(pid) || !isObject(details)) return null;
  if (typeof identity !== 'string' || identity.length > MAX_IDENTITY_LENGTH) return null;
  return { pid, identity, details: details as JsonObject };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPositive(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** Puts the file there only where nothing is. A hard link appears with its content: no half file. */
export async function createWhole(path: string, text: string): Promise<boolean> {
  const aside = await writeAside(path, text);
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

export async function replaceWhole(path: string, text: string): Promise<void> {
  await rename(await writeAside(path, text), path);
}

export async function remove(path: string): Promise<void> {
  await rm(path, { force: true });
}

/**
 * Owner-only: a record says where to reach a process. Not flushed to the disk, because no process
 * outlives the machine.
 */
async function writeAside(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  for (let attempt = 0; attempt < ASIDE_TRIES; attempt += 1) {
    const aside = `${path}.${process.pid}-${attempt}.partial`;
    try {
      const handle = await open(aside, 'wx', 0o600);
      await handle.writeFile(text).finally(() => handle.close());
      return aside;
    } catch (error) {
      if (!hasErrorCode(error, 'EEXIST')) throw error;
    }
  }
  throw new Error(`no free name beside ${path} after ${ASIDE_TRIES} tries`);
}
