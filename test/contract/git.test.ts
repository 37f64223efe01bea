import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createMemoryGit } from '../../reconciler/adapters/git/memory/git.ts';
import { createNativeGit } from '../../reconciler/adapters/git/native/git.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createBareRepository } from '../support/bare-repository.ts';
import { describeGit } from './git.contract.ts';

describeGit({
  name: 'native',
  async create() {
    const repository = await createBareRepository();
    const git = createNativeGit({
      repositoryPath: repository.path,
      processIdentity: createSystemProcessIdentity(),
    });
    return {
      git,
      async writeObject(type, body) {
        const args = ['hash-object', '-t', type, '-w', '--stdin', '--literally'];
        return repository.run(args, body).trim();
      },
      async setRef(name, oid) {
        const path = join(repository.path, name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, `${oid}\n`);
      },
      async close() {
        await git.close();
        await repository.remove();
      },
    };
  },
});

describeGit({
  name: 'memory',
  async create() {
    const git = createMemoryGit();
    return {
      git,
      writeObject: async (type, body) => git.writeObject(type, body),
      setRef: async (name, oid) => git.setRef(name, oid),
      close: async () => {},
    };
  },
});
