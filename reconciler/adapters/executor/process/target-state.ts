import { digestJson } from '../../../core/contracts/digest.ts';
import type { JsonObject } from '../../../core/contracts/json.ts';
import type { NormalForm } from '../../../core/contracts/normal-form.ts';
import type { Read } from '../../../core/contracts/read.ts';
import type { EffectId } from '../../../core/plan/effect.ts';
import {
  isPlainName,
  MAX_SLOTS_PER_POOL,
  parseTargetPool,
  type TargetPool,
  withPools,
} from '../../../core/spec/target-form.ts';
import type { Observation } from '../../../ports/receiver.ts';
import type { Files } from './files.ts';
import { type FolderLayout, isSlotName } from './folder-layout.ts';
import {
  parseJson,
  parseTargetRecord,
  parseTombstone,
  type TargetRecord,
  type Tombstone,
} from './records.ts';

/** What stands on the disk for one target. */
export type TargetState = {
  readonly record: TargetRecord | null;
  /** Present when the target is gone: then its record, if it is still there, says nothing. */
  readonly tombstone: Tombstone | null;
  readonly pools: readonly TargetPool[];
};

const MAX_RECORD_BYTES = 256 * 1024;
const MAX_POOL_ENTRIES = 1024;
/** Slots and room for what does not belong there. */
export const MAX_SLOT_ENTRIES = MAX_SLOTS_PER_POOL + 1024;

export type Disk = { readonly files: Files; readonly layout: FolderLayout };

export async function readTargetState(disk: Disk, name: string): Promise<TargetState> {
  const { files, layout } = disk;
  const tombstone = await files.readText(layout.tombstone(name), MAX_RECORD_BYTES);
  const record = await files.readText(layout.record(name), MAX_RECORD_BYTES);
  return {
    tombstone: tombstone === null ? null : parseTombstone(tombstone, layout.tombstone(name)),
    record: record === null ? null : parseTargetRecord(record, layout.record(name)),
    pools: await countPools(disk, name),
  };
}

/** A pool is what its own record says, with as many slots as there are slot folders. */
async function countPools(disk: Disk, name: string): Promise<readonly TargetPool[]> {
  const { files, layout } = disk;
  const pools: TargetPool[] = [];
  for (const poolName of await listPoolFolders(disk, name)) {
    const text = await files.readText(layout.poolRecord(name, poolName), MAX_RECORD_BYTES);
    if (text === null) continue;
    const slots = (await listSlotFolders(disk, name, poolName)).length;
    const pool = parsePoolRecord(text, layout.poolRecord(name, poolName));
    pools.push({ name: poolName, slots, details: { ...pool.details, name: poolName } });
  }
  return pools;
}

export async function listPoolFolders(disk: Disk, name: string): Promise<readonly string[]> {
  const entries = await disk.files.listEntries(disk.layout.pools(name), MAX_POOL_ENTRIES);
  return (entries ?? [])
    .filter((entry) => entry.type === 'folder' && isPlainName(entry.name))
    .map((entry) => entry.name);
}

export async function listSlotFolders(
  disk: Disk,
  name: string,
  poolName: string,
): Promise<readonly string[]> {
  const entries = await disk.files.listEntries(disk.layout.slots(name, poolName), MAX_SLOT_ENTRIES);
  return (entries ?? [])
    .filter((entry) => entry.type === 'folder' && isSlotName(entry.name))
    .map((entry) => entry.name);
}

export function toPoolRecordText(pool: TargetPool): string {
  return `${JSON.stringify({ v: 1, pool: pool.details })}\n`;
}

function parsePoolRecord(text: string, path: string): TargetPool {
  const record = parseJson(text, path) as { readonly pool?: JsonObject } | null;
  const pool = parseTargetPool({ ...record?.pool, slots: 0 });
  if (pool === null) throw new Error(`${path} is malformed`);
  return pool;
}

/**
 * Seen from outside, a target is absent until its creation is complete, and there until its
 * removal is: so a plan made in between is the same one, and leads on. An update that did
 * everything but write itself down has happened: the slots are there, and only they count.
 */
export function toObservation(state: TargetState): Observation {
  const { record, tombstone, pools } = state;
  if (tombstone !== null) {
    return { read: { state: 'absent' }, lastEffectId: tombstone.effectId };
  }
  if (record === null) return { read: { state: 'absent' }, lastEffectId: null };
  const { pending } = record;
  if (pending !== null && isEqual(withPools(pending.form, pools), pending.form)) {
    return toPresent(pending.form, pending.effectId);
  }
  return toPresent(withPools(record.form, pools), record.effectId);
}

function toPresent(form: NormalForm, lastEffectId: EffectId): Observation {
  const read: Read<NormalForm> = {
    state: 'present',
    value: form,
    observedDigest: digestJson(form),
  };
  return { read, lastEffectId };
}

export function isEqual(left: NormalForm, right: NormalForm): boolean {
  return digestJson(left) === digestJson(right);
}
