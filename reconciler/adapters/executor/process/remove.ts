import type { EffectId } from '../../../core/plan/effect.ts';
import { removePool } from './converge.ts';
import { toTombstoneText } from './records.ts';
import { checkPoolsAreRemovable, checkTargetIsRemovable } from './removal-check.ts';
import { type Disk, listPoolFolders } from './target-state.ts';

export type RemoveInput = {
  readonly name: string;
  readonly action: string;
  readonly effectId: EffectId;
  readonly epoch: number;
};

/**
 * Three ways to leave: `retire` closes the slots and keeps the data, `orphan` leaves everything
 * standing, unmanaged, `delete` takes all of it away. The tombstone is what makes the target
 * absent, so it is written when everything that must be gone is gone.
 */
export async function removeTarget(disk: Disk, input: RemoveInput): Promise<void> {
  const { name, action } = input;
  if (action === 'orphan') return writeTombstone(disk, input);
  if (action === 'retire') {
    await checkPoolsAreRemovable(disk, name);
    await removePools(disk, name);
    return writeTombstone(disk, input);
  }
  if (action !== 'delete') throw new Error(`no way to remove a target is called ${action}`);
  await checkTargetIsRemovable(disk, name);
  await removePools(disk, name);
  await disk.files.removeTree(disk.layout.data(name));
  await writeTombstone(disk, input);
  await removeTargetFolder(disk, name);
}

async function removePools(disk: Disk, name: string): Promise<void> {
  const { files, layout } = disk;
  for (const pool of await listPoolFolders(disk, name)) await removePool(disk, name, pool);
  await files.removeEmptyFolder(layout.pools(name));
}

async function writeTombstone(disk: Disk, input: RemoveInput): Promise<void> {
  const { name, action, effectId, epoch } = input;
  await disk.files.makeFolder(disk.layout.tombstones);
  const text = toTombstoneText({ effectId, epoch, action });
  await disk.files.writeWhole(disk.layout.tombstone(name), text, 'durable');
}

/** After the tombstone: a crash in here leaves a record that nothing counts any more. */
export async function removeTargetFolder(disk: Disk, name: string): Promise<void> {
  const { files, layout } = disk;
  await files.removeFile(layout.record(name));
  await files.removeFile(`${layout.record(name)}.tmp`);
  await files.removeEmptyFolder(layout.target(name));
  await files.syncFolder(layout.root);
}
