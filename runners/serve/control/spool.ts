import { lstat, mkdir, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { CounterEntry } from '../../../reconciler/core/contracts/generated/counter-delta.generated.ts';
import { hasErrorCode } from '../../../reconciler/core/contracts/has-error-code.ts';
import { checkContract } from '../../../reconciler/core/contracts/parse-contract.ts';
import {
  readSmallFile,
  syncFolder,
  writeDurably,
} from '../../../reconciler/machine/durable-file.ts';

/**
 * What one boot has counted and nobody has taken for certain. It is one file, so that counts move
 * from `waiting` to `sending` in one step: no crash can lose them or have them in both.
 */
export type BootSpool = {
  readonly v: 1;
  readonly boot: string;
  /** The sequence of `sending`, or of the last delta that was taken; 0 before the first. */
  readonly sequence: number;
  /** Tried once and never confirmed: it may have been taken, so it stays exactly as it is. */
  readonly sending: readonly CounterEntry[] | null;
  /** Never tried, and without a sequence of their own yet: these may be summed. */
  readonly waiting: readonly CounterEntry[];
};

/**
 * Counts of one node take some kilobytes per version. What is larger stays in memory; should the
 * node then be killed it is lost, and that was said.
 */
const MAX_SPOOL_BYTES = 64 * 1024 * 1024;

/** It becomes a file name. */
const BOOT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

function toSpoolName(boot: string): string {
  if (!BOOT.test(boot)) throw new Error('a boot id is made of letters, digits and hyphens');
  return `${boot}.json`;
}

export async function writeSpool(folder: string, spool: BootSpool): Promise<void> {
  const text = `${JSON.stringify(spool)}\n`;
  if (Buffer.byteLength(text) > MAX_SPOOL_BYTES) {
    throw new Error(`the counts take more than ${MAX_SPOOL_BYTES} bytes`);
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeDurably(join(folder, toSpoolName(spool.boot)), text);
}

/** Removing what is not there succeeds. */
export async function removeSpool(folder: string, boot: string): Promise<void> {
  try {
    await unlink(join(folder, toSpoolName(boot)));
    await syncFolder(folder);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  }
}

/** Oldest first. Names alone: the files are read one by one, when their turn has come. */
export async function listBoots(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  });
  const boots = names
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .filter((boot) => BOOT.test(boot));
  const aged = await Promise.all(
    boots.map(async (boot) => ({ boot, at: (await lstat(join(folder, `${boot}.json`))).mtimeMs })),
  );
  return aged.sort((left, right) => left.at - right.at).map(({ boot }) => boot);
}

/** A file that is none is set aside, to be looked at; the answer says why. */
export async function readSpool(folder: string, boot: string): Promise<BootSpool | string | null> {
  const path = join(folder, toSpoolName(boot));
  const text = await readSmallFile(path, MAX_SPOOL_BYTES).catch((error: Error) => error);
  if (text === null) return null;
  const spool = text instanceof Error ? text.message : parseSpool(text, boot);
  if (typeof spool === 'string') await rename(path, `${path}.broken`);
  return spool;
}

function parseSpool(text: string, boot: string): BootSpool | string {
  let value: Partial<Record<keyof BootSpool, unknown>> | null;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is no JSON';
  }
  if (typeof value !== 'object' || value === null) return 'it is no object';
  const { v, sequence, sending, waiting } = value;
  if (v !== 1 || value.boot !== boot) return 'it is of another version or boot';
  if (!Number.isSafeInteger(sequence) || (sequence as number) < 0) return 'it has no sequence';
  if (sending !== null && !isEntries(sending)) return 'what it was sending is malformed';
  if (!isEntries(waiting)) return 'what is waiting is malformed';
  return { v, boot, sequence: sequence as number, sending, waiting };
}

/** In parts, since a spool may hold more entries than one delta. */
function isEntries(value: unknown): value is readonly CounterEntry[] {
  if (!Array.isArray(value)) return false;
  const shell = { v: 1, zone: '', node: '', boot: '', sequence: 1 };
  return value.every(
    (entry) => checkContract('CounterDelta', { ...shell, entries: [entry] }).state === 'valid',
  );
}
