import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createInstanceFile } from '../../reconciler/adapters/instance-file/file/instance-file.ts';
import { createMemoryInstanceFile } from '../../reconciler/adapters/instance-file/memory/instance-file.ts';
import { describeInstanceFile } from './instance-file.contract.ts';

const folders: string[] = [];

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-instance-'));
  folders.push(folder);
  return folder;
}

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

describeInstanceFile('memory', async () => createMemoryInstanceFile());
describeInstanceFile('file', async () =>
  createInstanceFile(join(await freshFolder(), 'state', 'instance.json')),
);

describe('instance file on disk', () => {
  it.each(['', '{', '[]', '{"version":2}', '{"version":1,"genesis":"../x"}'])(
    'refuses %j by its code, and does not take it for nothing',
    async (text) => {
      const path = join(await freshFolder(), 'instance.json');
      await writeFile(path, text);
      await expect(createInstanceFile(path).read()).rejects.toMatchObject({ code: 'P603' });
    },
  );

  it('is readable by its owner alone and leaves nothing beside it', async () => {
    const folder = await freshFolder();
    const path = join(folder, 'instance.json');
    await createInstanceFile(path).write({ version: 1, genesis: 'c'.repeat(40) });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['instance.json']);
  });
});
