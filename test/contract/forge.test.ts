import { createSignedPullLog } from '../../reconciler/adapters/forge/local/pull-log.ts';
import { createMemoryPullLog } from '../../reconciler/adapters/forge/memory/pull-log.ts';
import { createMemoryPullTables } from '../../reconciler/adapters/forge/memory/tables.ts';
import { createMemoryGit } from '../../reconciler/adapters/git/memory/git.ts';
import { createNativeGit } from '../../reconciler/adapters/git/native/git.ts';
import { createMemorySignatureVerifier } from '../../reconciler/adapters/ledger-signer/memory/signature-verifier.ts';
import { createSshSignatureVerifier } from '../../reconciler/adapters/ledger-signer/ssh/signature-verifier.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createBareRepository } from '../support/bare-repository.ts';
import { describeForge } from './forge.contract.ts';

const createInMemory = async () => ({ git: createMemoryGit(), close: async () => {} });

describeForge({
  name: 'local, in a repository on disk',
  createVerifier: createSshSignatureVerifier,
  createLog: (git) => createSignedPullLog({ git, createVerifier: createSshSignatureVerifier }),
  async createGit() {
    const repository = await createBareRepository();
    const processIdentity = createSystemProcessIdentity();
    const git = createNativeGit({ repositoryPath: repository.path, processIdentity });
    return {
      git,
      async close() {
        await git.close();
        // Git itself finds nothing wrong with any object that was written.
        repository.run(['fsck', '--strict', '--full', '--no-dangling']);
        await repository.remove();
      },
    };
  },
});

describeForge({
  name: 'local, in a repository in memory',
  createVerifier: createMemorySignatureVerifier,
  createLog: (git) => createSignedPullLog({ git, createVerifier: createMemorySignatureVerifier }),
  createGit: createInMemory,
});

describeForge({
  name: 'memory',
  createVerifier: createMemorySignatureVerifier,
  createLog: () => createMemoryPullLog({ tables: createMemoryPullTables() }),
  createGit: createInMemory,
});
