import { createNativeGit } from '../../reconciler/adapters/git/native/git.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createFileSourceWatcher } from '../../reconciler/adapters/source-watcher/file/source-watcher.ts';
import { createMemorySourceWatcher } from '../../reconciler/adapters/source-watcher/memory/source-watcher.ts';
import type { RefName } from '../../reconciler/core/contracts/git.ts';
import { createBareRepository } from '../support/bare-repository.ts';
import { SIGNER, toDraft } from './git/harness.ts';
import { describeSourceWatcher } from './source-watcher.contract.ts';

describeSourceWatcher({
  name: 'file',
  async create() {
    const repository = await createBareRepository();
    const processIdentity = createSystemProcessIdentity();
    const git = createNativeGit({ repositoryPath: repository.path, processIdentity });
    const append = async (branch: RefName): Promise<void> => {
      const expectedTip = await git.readRef(branch);
      const drafts = [toDraft({ a: `${branch} after ${expectedTip}` })];
      await git.append({ branch, expectedTip, drafts, signer: SIGNER });
    };
    return {
      watcher: createFileSourceWatcher({ repositoryPath: repository.path }),
      // One move after each start: moves in quick succession may be told as one, or not at all.
      moves: { 'a commit on main': () => append('refs/heads/main') },
      async close() {
        await git.close();
        await repository.remove();
      },
    };
  },
});

describeSourceWatcher({
  name: 'memory',
  async create() {
    const watcher = createMemorySourceWatcher();
    return { watcher, moves: { hint: async () => watcher.hint() }, close: async () => {} };
  },
});
