import { CodedError } from '../../../core/contracts/coded-error.ts';
import {
  DATA_FOLDER,
  LEASE_FILE,
  POOL_RECORD,
  POOLS_FOLDER,
  SLOTS_FOLDER,
  TARGET_RECORD,
} from './folder-layout.ts';
import { type Disk, listPoolFolders, listSlotFolders, MAX_SLOT_ENTRIES } from './target-state.ts';

const MAX_ENTRIES = 4096;

/**
 * Everything is looked at before the first step of a removal, so that a refusal changes nothing.
 * What we did not make we do not delete: it is somebody's, or tells of a mistake.
 */
export async function checkSlotIsFree(
  disk: Disk,
  name: string,
  pool: string,
  slot: string,
): Promise<void> {
  const path = disk.layout.slot(name, pool, slot);
  const entries = (await disk.files.listEntries(path, MAX_ENTRIES)) ?? [];
  if (entries.some((entry) => entry.name === LEASE_FILE)) {
    throw new CodedError('P406', `slot ${pool}/${slot} of target ${name} is in use`, {
      remedy: 'retry',
      details: { target: name, pool, slot },
    });
  }
  refuseUnknown(path, entries, []);
}

export async function checkPoolIsRemovable(disk: Disk, name: string, pool: string): Promise<void> {
  const { files, layout } = disk;
  for (const slot of await listSlotFolders(disk, name, pool)) {
    await checkSlotIsFree(disk, name, pool, slot);
  }
  const slotNames = await listSlotFolders(disk, name, pool);
  const slots = (await files.listEntries(layout.slots(name, pool), MAX_SLOT_ENTRIES)) ?? [];
  refuseUnknown(layout.slots(name, pool), slots, slotNames);
  const entries = (await files.listEntries(layout.pool(name, pool), MAX_ENTRIES)) ?? [];
  refuseUnknown(layout.pool(name, pool), entries, [POOL_RECORD, SLOTS_FOLDER]);
}

export async function checkPoolsAreRemovable(disk: Disk, name: string): Promise<void> {
  const pools = await listPoolFolders(disk, name);
  for (const pool of pools) await checkPoolIsRemovable(disk, name, pool);
  const path = disk.layout.pools(name);
  refuseUnknown(path, (await disk.files.listEntries(path, MAX_ENTRIES)) ?? [], pools);
}

export async function checkTargetIsRemovable(disk: Disk, name: string): Promise<void> {
  await checkPoolsAreRemovable(disk, name);
  const path = disk.layout.target(name);
  const entries = (await disk.files.listEntries(path, MAX_ENTRIES)) ?? [];
  refuseUnknown(path, entries, [TARGET_RECORD, POOLS_FOLDER, DATA_FOLDER]);
}

function refuseUnknown(
  path: string,
  entries: readonly { readonly name: string }[],
  known: readonly string[],
): void {
  // A half-written record of ours, left by a crash, is known by its name.
  const isKnown = (name: string) =>
    known.includes(name) || known.includes(name.replace(/\.tmp$/, ''));
  const stranger = entries.find((entry) => !isKnown(entry.name));
  if (stranger === undefined) return;
  const title = JSON.stringify(stranger.name.slice(0, 200));
  throw new CodedError(
    'P406',
    `${path} holds ${title}, which Plumbline did not make; move it away`,
    {
      details: { path, name: stranger.name.slice(0, 200) },
    },
  );
}
