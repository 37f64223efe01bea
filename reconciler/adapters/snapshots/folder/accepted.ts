import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { SnapshotRecord } from '../../../core/contracts/generated/snapshot-record.generated.ts';
import { checkContract } from '../../../core/contracts/parse-contract.ts';
import { readSmallFile, writeDurably } from '../../../machine/durable-file.ts';

/** Which snapshot is the accepted one, and what it was made from. */
export type Accepted = {
  readonly record: SnapshotRecord;
  /** Of the input when it was read; null when it changed meanwhile. */
  readonly inputState: string | null;
};

const VERSION = 1;

/** A record has at most 256 reasons of 512 characters. */
const MAX_ACCEPTED_BYTES = 1024 * 1024;

/**
 * Null when there is none, or none that can be understood: then the source is read again, and the
 * same file gives the same snapshot.
 */
export async function readAcceptedFile(path: string): Promise<Accepted | null> {
  const text = await readSmallFile(path, MAX_ACCEPTED_BYTES);
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { v, record, inputState } = value as Readonly<Record<string, unknown>>;
  if (typeof v === 'number' && v > VERSION) {
    throw new CodedError('P802', `${path} was written by a newer Plumbline: use that one`);
  }
  const checked = checkContract('SnapshotRecord', record);
  if (checked.state === 'invalid') return null;
  if (inputState !== null && typeof inputState !== 'string') return null;
  return { record: checked.value, inputState };
}

export function writeAcceptedFile(path: string, accepted: Accepted): Promise<void> {
  return writeDurably(path, `${JSON.stringify({ v: VERSION, ...accepted })}\n`);
}
