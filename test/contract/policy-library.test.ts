import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createFolderPolicyLibrary } from '../../reconciler/adapters/policy-library/folder/policy-library.ts';
import { createMemoryPolicyLibrary } from '../../reconciler/adapters/policy-library/memory/policy-library.ts';
import { describePolicyLibrary, toPackFile } from './policy-library.contract.ts';

type Packs = Parameters<typeof createMemoryPolicyLibrary>[0];

async function writePacks(packs: Packs): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-packs-'));
  for (const [name, files] of Object.entries(packs)) {
    await mkdir(join(folder, name));
    for (const { path, bytes } of files) await writeFile(join(folder, name, path), bytes);
  }
  return folder;
}

describePolicyLibrary({
  name: 'memory',
  create: async (packs) => ({
    library: createMemoryPolicyLibrary(packs),
    cleanUp: async () => {},
  }),
});

describePolicyLibrary({
  name: 'folder',
  async create(packs) {
    const folder = await writePacks(packs);
    return {
      library: createFolderPolicyLibrary({ folder }),
      cleanUp: () => rm(folder, { recursive: true }),
    };
  },
});

it('the folder library follows no link', async () => {
  const folder = await writePacks({ real: [toPackFile('a.yaml', 'x: 1')], safety: [] });
  await symlink(join(folder, 'real', 'a.yaml'), join(folder, 'safety', 'a.yaml'));
  await symlink(join(folder, 'real'), join(folder, 'linked'));
  const library = createFolderPolicyLibrary({ folder });
  await expect(library.readPack('safety')).rejects.toMatchObject({ code: 'P304' });
  await expect(library.readPack('linked')).rejects.toMatchObject({ code: 'P304' });
  await rm(folder, { recursive: true });
});
