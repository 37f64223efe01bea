import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { toCanonicalJson } from '../../../core/contracts/canonical-json.ts';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { isJsonObject, type Json } from '../../../core/contracts/json.ts';
import { readSmallFile, writeDurably } from '../../../machine/durable-file.ts';
import type { DataConnection } from '../../../ports/data-connections.ts';

/** Which files of a connection were made up, and for what. All others belong to people. */
export type Made = {
  readonly v: 1;
  /** `making`: its files are on their way, and some may be those of before. */
  readonly state: 'making' | 'made';
  readonly synthetic: NonNullable<DataConnection['synthetic']>;
  readonly files: readonly MadeFile[];
};

export type MadeFile = { readonly name: string; readonly bytes: number; readonly mtimeMs: number };

export const MADE_FILE = 'made.json';

const MAX_MADE_BYTES = 64 * 1024;

/** Null when nothing was made up. Throws P801 when what is there cannot be understood. */
export async function readMade(folder: string): Promise<Made | null> {
  const text = await readSmallFile(join(folder, MADE_FILE), MAX_MADE_BYTES);
  if (text === null) return null;
  const made = parseMade(text);
  if (made !== null) return made;
  const message = `${join(folder, MADE_FILE)} is malformed: remove it, and the made-up files beside it`;
  throw new CodedError('P801', message);
}

function parseMade(text: string): Made | null {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return null;
  }
  if (!isJsonObject(value)) return null;
  const { v, state, synthetic, files } = value;
  const isKnown = v === 1 && (state === 'making' || state === 'made') && isJsonObject(synthetic);
  if (!isKnown || !Array.isArray(files) || !files.every(isMadeFile)) return null;
  return value as unknown as Made;
}

function isMadeFile(value: Json): boolean {
  if (!isJsonObject(value)) return false;
  const { name, bytes, mtimeMs } = value;
  // A name with a slash could have us remove a file elsewhere.
  const isName = typeof name === 'string' && /^[a-z0-9][a-z0-9.-]*$/.test(name);
  return isName && typeof bytes === 'number' && typeof mtimeMs === 'number';
}

export function writeMade(folder: string, made: Made): Promise<void> {
  return writeDurably(join(folder, MADE_FILE), `${JSON.stringify(made)}\n`);
}

/** Whether it was made for this, and nobody has touched it since. */
export async function isAsMade(
  folder: string,
  made: Made,
  synthetic: DataConnection['synthetic'],
): Promise<boolean> {
  if (made.state !== 'made' || synthetic === null) return false;
  if (toCanonicalJson(made.synthetic) !== toCanonicalJson(synthetic)) return false;
  for (const file of made.files) {
    const there = await readMadeFile(folder, file.name);
    if (there?.bytes !== file.bytes || there.mtimeMs !== file.mtimeMs) return false;
  }
  return true;
}

/** Null when there is none, or something else. */
export async function readMadeFile(folder: string, name: string): Promise<MadeFile | null> {
  try {
    const stats = await lstat(join(folder, name));
    return stats.isFile() ? { name, bytes: stats.size, mtimeMs: stats.mtimeMs } : null;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}
