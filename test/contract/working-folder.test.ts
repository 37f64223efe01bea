import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFolderWorkingFolder } from '../../reconciler/adapters/working-folder/folder/working-folder.ts';
import { createMemoryWorkingFolder } from '../../reconciler/adapters/working-folder/memory/working-folder.ts';
import { isCodedError } from '../../reconciler/core/contracts/coded-error.ts';
import { describeWorkingFolder } from './working-folder.contract.ts';

const run = promisify(execFile);
const makeBase = () => mkdtemp(join(tmpdir(), 'plumbline-working-folder-'));

describeWorkingFolder('folder', async () => {
  const base = await makeBase();
  const folder = join(base, 'clone');
  await mkdir(folder);
  await writeFile(join(base, 'outside'), 'not ours');
  const makeParent = async (path: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    return join(folder, path);
  };
  return {
    folder: createFolderWorkingFolder({ folder }),
    write: async (path, bytes) => writeFile(await makeParent(path), bytes),
    link: async (path) => symlink(join(base, 'outside'), await makeParent(path)),
    remove: (path) => rm(join(folder, path)),
    removeFolder: () => rm(folder, { recursive: true }),
    close: () => rm(base, { recursive: true }),
  };
});

describeWorkingFolder('memory', async () => {
  const folder = createMemoryWorkingFolder();
  return {
    folder,
    write: async (path, bytes) => folder.write(path, bytes),
    link: async (path) => folder.link(path),
    remove: async (path) => folder.remove(path),
    removeFolder: async () => folder.removeFolder(),
    close: async () => {},
  };
});

describe('a folder on disk', () => {
  const limits = { maxEntries: 5, maxBytesEach: 100 };
  let folder = '';
  const read = (wants: (path: string) => boolean = () => true, at = folder) =>
    createFolderWorkingFolder({ folder: at }).read(wants, limits);
  const expectRefusal = (reading: Promise<unknown>, code: 'P107' | 'P603') =>
    expect(reading).rejects.toSatisfy((error) => isCodedError(error, code));

  beforeEach(async () => {
    folder = await makeBase();
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('never walks through a link to a folder, not even one to itself', async () => {
    await writeFile(join(folder, 'a.yaml'), 'a');
    await symlink(folder, join(folder, 'loop'));
    await symlink('/etc', join(folder, 'outside'));
    expect((await read()).map(({ path, type }) => `${type} ${path}`)).toEqual([
      'file a.yaml',
      'symlink loop',
      'symlink outside',
    ]);
  });

  it('is read through a link when that is how it was named', async () => {
    await mkdir(join(folder, 'real'));
    await writeFile(join(folder, 'real', 'a.yaml'), 'a');
    await symlink(join(folder, 'real'), join(folder, 'named'));
    expect(await read(() => true, join(folder, 'named'))).toHaveLength(1);
  });

  it('passes over a pipe without waiting on it', async () => {
    await run('mkfifo', [join(folder, 'pipe.yaml')]);
    expect(await read()).toEqual([]);
  });

  it('throws P603 when it is a file', async () => {
    await writeFile(join(folder, 'file'), '');
    await expectRefusal(
      read(() => true, join(folder, 'file')),
      'P603',
    );
  });

  it('refuses a path with control characters, printed escaped', async () => {
    await writeFile(join(folder, 'a\u001b[31m.yaml'), '');
    const refusal = await read().catch((error: unknown) => error);
    expect(isCodedError(refusal, 'P107')).toBe(true);
    expect(String(refusal)).toContain('\\u001b[31m');
  });

  it.runIf(process.platform === 'linux')('refuses a name that is no text', async () => {
    await writeFile(Buffer.from(`${folder}/caf\xe9.yaml`, 'latin1'), '');
    await expectRefusal(read(), 'P107');
    expect(await read((path) => path === 'other')).toEqual([]);
  });

  it('refuses folders that lie too deep', async () => {
    await mkdir(join(folder, ...Array(64).fill('d')), { recursive: true });
    expect(await read()).toEqual([]);
    await mkdir(join(folder, ...Array(65).fill('d')), { recursive: true });
    await expectRefusal(read(), 'P107');
  });

  it('gives up on a folder with far more names than files may be wanted', async () => {
    for (let index = 0; index <= limits.maxEntries * 64; index += 1) {
      await writeFile(join(folder, `junk-${index}`), '');
    }
    await expectRefusal(
      read(() => false),
      'P107',
    );
  });

  it.runIf(process.geteuid?.() !== 0)('names a file that may not be read', async () => {
    await writeFile(join(folder, 'closed.yaml'), '', { mode: 0 });
    await expect(read()).rejects.toThrow('closed.yaml cannot be read: permission denied');
  });
});
