import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RouteTable } from '../../../reconciler/core/contracts/generated/route-table.generated.ts';
import { parseContract } from '../../../reconciler/core/contracts/parse-contract.ts';
import { readSmallFile, writeDurably } from '../../../reconciler/machine/durable-file.ts';
import { describeError } from '../describe-error.ts';

/** As large as the largest table that comes over the channel. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

export type KeptTable =
  | { readonly state: 'kept'; readonly table: RouteTable }
  | { readonly state: 'none' }
  /** It was moved out of the way, to be looked at. */
  | { readonly state: 'broken'; readonly why: string; readonly movedTo: string };

export async function readRouteFile(path: string, zone: string): Promise<KeptTable> {
  const why = await readOrSayWhy(path, zone);
  if (typeof why !== 'string') return why;
  const movedTo = `${path}.broken`;
  await rename(path, movedTo);
  return { state: 'broken', why, movedTo };
}

/** It holds the assignment keys, hence it is for its owner alone. */
export async function writeRouteFile(path: string, table: RouteTable): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeDurably(path, `${JSON.stringify(table)}\n`);
}

async function readOrSayWhy(path: string, zone: string): Promise<KeptTable | string> {
  let text: string | null;
  try {
    text = await readSmallFile(path, MAX_FILE_BYTES);
  } catch (error) {
    return describeError(error);
  }
  if (text === null) return { state: 'none' };
  const parsed = parseContract('RouteTable', text);
  if (parsed.state === 'invalid') return parsed.why;
  if (parsed.value.zone !== zone) return `it is of the zone ${parsed.value.zone}`;
  return { state: 'kept', table: parsed.value };
}
