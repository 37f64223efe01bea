import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFiles } from '../../../reconciler/adapters/executor/process/files.ts';
import { createFolderLock } from '../../../reconciler/adapters/executor/process/folder-lock.ts';
import { createSeededRandomness } from '../../../reconciler/adapters/randomness/seeded/randomness.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-lock-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the lock of a folder', () => {
  it('is taken again by the process that could not mark it as free', async () => {
    let isFull = false;
    const files = createFiles();
    const lock = createFolderLock({
      folder,
      files: {
        ...files,
        writeWhole: async (...input) => {
          if (isFull) throw new Error('no space left on device');
          return files.writeWhole(...input);
        },
      },
      clock: { now: () => 0, sleep: async () => undefined },
      randomness: createSeededRandomness(1),
      processIdentity: { readIdentity: async () => 'this process' },
    });
    isFull = true;
    await expect(lock.run(async () => 'done')).rejects.toThrow('no space left');
    isFull = false;
    expect(await lock.run(async () => 'done again')).toBe('done again');
  });
});
