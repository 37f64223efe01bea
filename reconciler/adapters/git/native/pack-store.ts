import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pid } from 'node:process';
import type { Oid } from '../../../core/contracts/git.ts';
import type { NewObject } from '../../../core/contracts/git-object.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { syncFolder } from '../../../machine/durable-file.ts';
import { createDurably, exists } from './durable-file.ts';
import { encodePack } from './pack-file.ts';
import { encodePackIndex } from './pack-index.ts';

const READ_ONLY = 0o444;
/** Writers of the same batch at once, those counted that died here under the same number. */
const MAX_WRITERS = 64;

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
    const created = await Promise.allSettled([
      createTemporary(join(folder, `tmp_pack_${name}`), pack.bytes),
      createTemporary(join(folder, `tmp_idx_${name}`), encodePackIndex(pack)),
    ]);
    try {
      const [packPart, indexPart] = created.map(toCreated) as [string, string];
      await rename(packPart, join(folder, `${name}.pack`));
      await rename(indexPart, indexPath);
    } catch (error) {
      const left = created.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      await Promise.all(left.map((path) => rm(path, { force: true })));
      throw error;
    }
  }
  await syncFolder(folder);
}

/**
 * A file that no other writer has: of two at the same batch, in one process or in two, each
 * renames its own, and both give the pack the same bytes.
 */
async function createTemporary(prefix: string, bytes: Uint8Array): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    const path = `${prefix}.${pid}.${attempt}`;
    try {
      await createDurably(path, bytes, READ_ONLY);
      return path;
    } catch (error) {
      if (hasErrorCode(error, 'EEXIST') && attempt < MAX_WRITERS) continue;
      if (!hasErrorCode(error, 'EEXIST')) await rm(path, { force: true });
      throw error;
    }
  }
}

function toCreated(result: PromiseSettledResult<string>): string {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
