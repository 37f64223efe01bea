import { chmod, link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEnvironmentSecrets } from '../../reconciler/adapters/secrets/environment/secrets.ts';
import { createFileSecrets } from '../../reconciler/adapters/secrets/file/secrets.ts';
import { createMemorySecrets } from '../../reconciler/adapters/secrets/memory/secrets.ts';
import { describeSecrets, refusalOf } from './secrets.contract.ts';

const makeFolder = () => mkdtemp(join(tmpdir(), 'plumbline-secrets-'));

async function writeSecret(path: string, value: string | Uint8Array, mode = 0o600): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, value);
  await chmod(path, mode);
}

describeSecrets('file', async () => {
  const folder = await makeFolder();
  return {
    source: createFileSecrets({ folder }),
    put: (ref, value) => writeSecret(join(folder, ref.name, ref.key), value),
    cleanUp: () => rm(folder, { recursive: true }),
  };
});

describeSecrets('environment', async () => {
  const environment: Record<string, string> = {};
  const spell = (word: string) => word.toUpperCase().replaceAll('-', '__');
  return {
    source: createEnvironmentSecrets({ environment }),
    put: async (ref, value) => {
      environment[`PLUMBLINE_SECRET_${spell(ref.name)}_${spell(ref.key)}`] = value;
    },
    cleanUp: async () => {},
  };
});

describeSecrets('memory', async () => {
  const source = createMemorySecrets();
  return { source, put: async (ref, value) => source.put(ref, value), cleanUp: async () => {} };
});

describe('file secrets', () => {
  const ref = { name: 'store', key: 'password' };
  let folder = '';
  const pathOf = () => join(folder, ref.name, ref.key);
  const resolve = () => createFileSecrets({ folder }).resolve(ref);

  beforeEach(async () => {
    folder = await makeFolder();
    await mkdir(join(folder, ref.name), { mode: 0o700 });
  });
  afterEach(() => rm(folder, { recursive: true }));

  it.each([0o640, 0o604, 0o660, 0o666, 0o610])('refuses a file of mode %o', async (mode) => {
    await writeSecret(pathOf(), 'hunter2', mode);
    const text = await refusalOf(resolve());
    expect(text).toContain('chmod 600');
    expect(text).not.toContain('hunter2');
  });

  it('refuses a folder that others may write', async () => {
    await writeSecret(pathOf(), 'hunter2');
    await chmod(dirname(pathOf()), 0o777);
    expect(await refusalOf(resolve())).toContain('writable by others');
  });

  it('refuses a link in place of the file', async () => {
    await writeSecret(join(folder, 'elsewhere'), 'hunter2');
    await symlink(join(folder, 'elsewhere'), pathOf());
    await refusalOf(resolve());
  });

  it('refuses a link in place of the folder', async () => {
    await writeSecret(join(folder, 'real', ref.key), 'hunter2');
    await rm(join(folder, ref.name), { recursive: true });
    await symlink(join(folder, 'real'), join(folder, ref.name));
    expect(await refusalOf(resolve())).toContain('no folder');
  });

  it('refuses a folder in place of the file', async () => {
    await mkdir(pathOf(), { mode: 0o700 });
    expect(await refusalOf(resolve())).toContain('no file');
  });

  it('refuses bytes that are no text, without echoing them', async () => {
    await writeSecret(pathOf(), Buffer.from([0x68, 0x75, 0x6e, 0x74, 0xff]));
    expect(await refusalOf(resolve())).not.toContain('hunt');
  });

  it.runIf(process.geteuid?.() === 0)('refuses a file of another user', async () => {
    const { chown } = await import('node:fs/promises');
    await writeSecret(pathOf(), 'hunter2');
    await chown(pathOf(), 12_345, 12_345);
    expect(await refusalOf(resolve())).toContain('another user');
  });

  it('takes one line end at the end for the editor, and no more', async () => {
    await writeSecret(pathOf(), 'hunter2\n');
    expect((await resolve()).reveal()).toBe('hunter2');
    await writeSecret(pathOf(), 'hunter2\n\n');
    expect((await resolve()).reveal()).toBe('hunter2\n');
    await link(pathOf(), join(folder, 'second-name'));
    expect((await resolve()).reveal()).toBe('hunter2\n');
  });
});
