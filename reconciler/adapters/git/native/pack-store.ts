import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pid } from 'node:process';
import type { Oid } from '../../../core/contracts/git.ts';
import type { NewObject } from '../../../core/contracts/git-object.ts';
import { createDurably, exists, syncFolder } from './durable-file.ts';
import { encodePack } from './pack-file.ts';
import { encodePackIndex } from './pack-index.ts';

const READ_ONLY = 0o444;

/**
 * Adds the objects as one pack. The index is what makes Git see a pack, so it gets its name last,
 * when the pack's bytes are on stable storage. A crash before that leaves a file that Git ignores
 * and `git prune` removes, for it knows the prefix. A pack is named by its bytes, so that a
 * second attempt at the same batch finds it there.
 */
export async function storePack(
  repositoryPath: string,
  objects: ReadonlyMap<Oid, NewObject>,
): Promise<void> {
  const folder = join(repositoryPath, 'objects', 'pack');
  const pack = encodePack(objects);
  const name = `pack-${pack.checksum.toString('hex')}`;
  const indexPath = join(folder, `${name}.idx`);
  if (!(await exists(indexPath))) {
    const temporaryPack = join(folder, `tmp_pack_${name}.${pid}`);
    const temporaryIndex = join(folder, `tmp_idx_${name}.${pid}`);
    const removeTemporary = () =>
      Promise.all([temporaryPack, temporaryIndex].map((path) => rm(path, { force: true })));
    // A process of the same number may have died here before.
    await removeTemporary();
    try {
      await Promise.all([
        createDurably(temporaryPack, pack.bytes, READ_ONLY),
        createDurably(temporaryIndex, encodePackIndex(pack), READ_ONLY),
      ]);
      await rename(temporaryPack, join(folder, `${name}.pack`));
      await rename(temporaryIndex, indexPath);
    } catch (error) {
      await removeTemporary();
      throw error;
    }
  }
  await syncFolder(folder);
}
