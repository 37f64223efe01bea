import { isPlainName } from '../../../core/spec/target-form.ts';
import { removePool } from './converge.ts';
import { checkPoolsAreRemovable } from './removal-check.ts';
import { removeTargetFolder } from './remove.ts';
import { type Disk, listPoolFolders, readTargetState, type TargetState } from './target-state.ts';

const MAX_TARGETS = 4096;

/**
 * A creation that was cut short is absent to everybody, so when nobody wants it any more nobody
 * asks for its removal. Whoever begins a term takes its slots away; if it is still wanted, it is
 * made anew. Only while the lock is held is it certain that nobody is making it now.
 */
export async function undoHalfMade(disk: Disk): Promise<void> {
  const entries = (await disk.files.listEntries(disk.layout.root, MAX_TARGETS)) ?? [];
  for (const { name, type } of entries) {
    if (type !== 'folder' || !isPlainName(name)) continue;
    // One folder that cannot be cleared, or that holds what is not ours, must not stop a zone.
    await undoOne(disk, name).catch(() => {});
  }
}

async function undoOne(disk: Disk, name: string): Promise<void> {
  const state = await readTargetState(disk, name);
  if (!isHalfMade(state)) return;
  await checkPoolsAreRemovable(disk, name);
  for (const pool of await listPoolFolders(disk, name)) await removePool(disk, name, pool);
  await disk.files.removeEmptyFolder(disk.layout.pools(name));
  if (state.tombstone?.action === 'retire') return;
  await disk.files.removeEmptyFolder(disk.layout.data(name));
  await removeTargetFolder(disk, name);
}

/** What was orphaned stands on purpose; a record without a tombstone is a target that is there. */
function isHalfMade({ record, tombstone }: TargetState): boolean {
  return tombstone === null ? record === null : tombstone.action !== 'orphan';
}
