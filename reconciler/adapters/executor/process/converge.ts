import { digestJson } from '../../../core/contracts/digest.ts';
import type { NormalForm } from '../../../core/contracts/normal-form.ts';
import type { EffectId } from '../../../core/plan/effect.ts';
import type { TargetPool } from '../../../core/spec/target-form.ts';
import { toSlotName } from './folder-layout.ts';
import { type TargetRecord, toTargetRecordText } from './records.ts';
import { checkPoolIsRemovable, checkSlotIsFree } from './removal-check.ts';
import {
  type Disk,
  listPoolFolders,
  listSlotFolders,
  type TargetState,
  toPoolRecordText,
} from './target-state.ts';

export type ConvergeInput = {
  readonly name: string;
  readonly form: NormalForm;
  readonly pools: readonly TargetPool[];
  readonly effectId: EffectId;
  readonly epoch: number;
  readonly state: TargetState;
};

/**
 * Makes the folders be what the form says: look at everything that would go, note what is under
 * way, add, take away, and write down that it is done. Every step may be repeated, so a crash at
 * any point is healed by doing it all again.
 */
export async function convergeTarget(disk: Disk, input: ConvergeInput): Promise<void> {
  const { name, pools } = input;
  const changes = await Promise.all(pools.map((pool) => planPool(disk, input, pool)));
  const surplusPools = (await listPoolFolders(disk, name)).filter(
    (folder) => !pools.some((pool) => pool.name === folder),
  );
  for (const pool of surplusPools) await checkPoolIsRemovable(disk, name, pool);
  for (const change of changes) {
    for (const slot of change.surplusSlots) {
      await checkSlotIsFree(disk, name, change.pool.name, slot);
    }
  }
  await notePending(disk, input);
  await makeTargetFolders(disk, name);
  for (const change of changes) await addToPool(disk, name, change);
  for (const change of changes)
    await removeSlots(disk, name, change.pool.name, change.surplusSlots);
  for (const pool of surplusPools) await removePool(disk, name, pool);
  await disk.files.syncFolder(disk.layout.pools(name));
}

/** The last step: from here on the effect has happened, whatever comes. */
export async function commitTarget(disk: Disk, input: ConvergeInput): Promise<void> {
  const { name, form, effectId, epoch } = input;
  await writeRecord(disk, name, { form, effectId, epoch, pending: null });
  if (input.state.tombstone === null) return;
  await disk.files.removeFile(disk.layout.tombstone(name));
  await disk.files.syncFolder(disk.layout.tombstones);
}

type PoolChange = {
  readonly pool: TargetPool;
  readonly isRecordStale: boolean;
  readonly missingSlots: readonly string[];
  readonly surplusSlots: readonly string[];
};

/** Slots are alike, so their number counts: the lowest names are added, the highest taken away. */
async function planPool(disk: Disk, input: ConvergeInput, pool: TargetPool): Promise<PoolChange> {
  const there = await listSlotFolders(disk, input.name, pool.name);
  const standing = input.state.pools.find((candidate) => candidate.name === pool.name);
  const missingSlots: string[] = [];
  for (let index = 0; there.length + missingSlots.length < pool.slots; index += 1) {
    const slot = toSlotName(index);
    if (!there.includes(slot)) missingSlots.push(slot);
  }
  return {
    pool,
    isRecordStale:
      standing === undefined || digestJson(standing.details) !== digestJson(pool.details),
    missingSlots,
    surplusSlots: there.slice(pool.slots),
  };
}

async function notePending(disk: Disk, input: ConvergeInput): Promise<void> {
  const { state, form, effectId } = input;
  // What is not there yet needs no note: it stays absent until its record stands.
  if (state.record === null || state.tombstone !== null) return;
  await writeRecord(disk, input.name, { ...state.record, pending: { form, effectId } });
}

function writeRecord(disk: Disk, name: string, record: TargetRecord): Promise<void> {
  return disk.files.writeWhole(disk.layout.record(name), toTargetRecordText(record), 'durable');
}

async function makeTargetFolders(disk: Disk, name: string): Promise<void> {
  const { files, layout } = disk;
  await files.makeFolder(layout.target(name));
  await files.syncFolder(layout.root);
  await files.makeFolder(layout.data(name));
  await files.makeFolder(layout.pools(name));
  await files.syncFolder(layout.target(name));
}

async function addToPool(disk: Disk, name: string, change: PoolChange): Promise<void> {
  const { files, layout } = disk;
  const pool = change.pool.name;
  await files.makeFolder(layout.slots(name, pool));
  for (const slot of change.missingSlots) await files.makeFolder(layout.slot(name, pool, slot));
  if (change.missingSlots.length > 0) await files.syncFolder(layout.slots(name, pool));
  if (!change.isRecordStale) return;
  await files.writeWhole(layout.poolRecord(name, pool), toPoolRecordText(change.pool), 'durable');
}

export async function removePool(disk: Disk, name: string, pool: string): Promise<void> {
  const { files, layout } = disk;
  await removeSlots(disk, name, pool, await listSlotFolders(disk, name, pool));
  await files.removeEmptyFolder(layout.slots(name, pool));
  await files.removeFile(layout.poolRecord(name, pool));
  await files.removeFile(`${layout.poolRecord(name, pool)}.tmp`);
  await files.removeEmptyFolder(layout.pool(name, pool));
}

async function removeSlots(
  disk: Disk,
  name: string,
  pool: string,
  slots: readonly string[],
): Promise<void> {
  // A folder is removed only while it is empty, so work that began since the check stays.
  for (const slot of slots) await disk.files.removeEmptyFolder(disk.layout.slot(name, pool, slot));
  if (slots.length > 0) await disk.files.syncFolder(disk.layout.slots(name, pool));
}
