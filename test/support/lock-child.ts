/**
 * A process that takes a folder's lock again and again and writes down when it holds it:
 * `lock-child.ts <folder> <rounds>`.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createFiles } from '../../reconciler/adapters/executor/process/files.ts';
import { createFolderLock } from '../../reconciler/adapters/executor/process/folder-lock.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createSystemRandomness } from '../../reconciler/adapters/randomness/system/randomness.ts';

const [folder = '', rounds = ''] = process.argv.slice(2);
const lock = createFolderLock({
  folder: join(folder, '.lock'),
  files: createFiles(),
  clock: createSystemClock(),
  randomness: createSystemRandomness(),
  processIdentity: createSystemProcessIdentity(),
});
const note = (word: string) => appendFileSync(join(folder, 'log'), `${word} ${process.pid}\n`);

for (let round = 0; round < Number(rounds); round += 1) {
  await lock.run(async () => {
    note('begin');
    await new Promise((resolve) => setImmediate(resolve));
    note('end');
  });
}
