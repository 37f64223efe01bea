import {
  access,
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type BinariesPackage,
  findPackage,
  prepareBinaries,
} from '../../reconciler/adapters/database-server/embedded/binaries.ts';

/** A package in miniature: what matters is how it is laid out, not what the programs do. */
describe('the binaries of the embedded Postgres', () => {
  let folder = '';
  let source: BinariesPackage;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-binaries-'));
    source = { folder: join(folder, 'package'), version: '1.0.0' };
    await writePackage(source.folder, 'exit 0');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const prepare = (uniqueName = 'unique') =>
    prepareBinaries({ source, account: null, copiesFolder: join(folder, 'copies'), uniqueName });

  it('are there for this machine', async () => {
    const found = await findPackage();
    expect(found.version).toMatch(/^\d+\.\d+/);
    await access(join(found.folder, 'native', 'bin', 'postgres'));
  });

  it('are used in place when they are whole', async () => {
    await linkLibrary(source.folder);
    expect(await prepare()).toEqual({
      postgres: join(source.folder, 'native/bin/postgres'),
      initdb: join(source.folder, 'native/bin/initdb'),
    });
    await expect(access(join(folder, 'copies'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('are copied with their links when the installation left those out', async () => {
    const { postgres } = await prepare();
    const native = join(folder, 'copies/1.0.0/native');
    expect(postgres).toBe(join(native, 'bin/postgres'));
    expect(await readlink(join(native, 'lib/libpq.so.5'))).toBe('libpq.so.5.18');
    await access(join(native, 'lib/libpq.so.5'));
    await expect(access(join(native, 'lib/libpq.a'))).rejects.toMatchObject({ code: 'ENOENT' });
    // The original is not touched: it may belong to another user.
    const before = await readdir(join(source.folder, 'native/lib'));
    expect(before.sort()).toEqual(['libpq.a', 'libpq.so.5.18']);
  });

  it('are readable for all in the copy, whatever they were', async () => {
    await chmod(join(source.folder, 'native/lib/libpq.so.5.18'), 0o600);
    await chmod(join(source.folder, 'native/bin/postgres'), 0o700);
    await prepare();
    const native = join(folder, 'copies/1.0.0/native');
    expect((await stat(join(native, 'lib'))).mode & 0o777).toBe(0o755);
    expect((await stat(join(native, 'lib/libpq.so.5.18'))).mode & 0o777).toBe(0o644);
    expect((await stat(join(native, 'bin/postgres'))).mode & 0o777).toBe(0o755);
  });

  it('are copied once, also by two at the same time', async () => {
    const [first, second] = await Promise.all([prepare('one'), prepare('two')]);
    expect(first).toEqual(second);
    expect(await prepare('three')).toEqual(first);
    expect(await readdir(join(folder, 'copies'))).toEqual(['1.0.0']);
  });

  it('say what is missing when they do not run here', async () => {
    await writePackage(source.folder, 'echo "libicu.so: cannot open shared object file"; exit 127');
    await expect(prepare()).rejects.toMatchObject({
      code: 'P602',
      message: expect.stringContaining('libicu.so: cannot open shared object file'),
    });
  });
});

async function writePackage(folder: string, script: string): Promise<void> {
  const native = join(folder, 'native');
  await mkdir(join(native, 'bin'), { recursive: true });
  await mkdir(join(native, 'lib'), { recursive: true });
  await writeFile(join(native, 'lib/libpq.so.5.18'), 'library');
  await writeFile(join(native, 'lib/libpq.a'), 'static');
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
  await writeFile(join(native, 'pg-symlinks.json'), JSON.stringify(links));
  for (const program of ['postgres', 'initdb']) {
    await writeFile(join(native, 'bin', program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
}

/** What the package's own install script would have done. */
async function linkLibrary(folder: string): Promise<void> {
  await symlink('libpq.so.5.18', join(folder, 'native/lib/libpq.so.5'));
}
