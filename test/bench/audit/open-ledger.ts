import { join } from 'node:path';
import { createNativeGit } from '../../../reconciler/adapters/git/native/git.ts';
import { initBareRepository } from '../../../reconciler/adapters/git/native/initialise.ts';
import {
  createSshKey,
  loadSshLedgerSigner,
} from '../../../reconciler/adapters/ledger-signer/ssh/ledger-signer.ts';
import { createSystemProcessIdentity } from '../../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createSeededRandomness } from '../../../reconciler/adapters/randomness/seeded/randomness.ts';
import type { Oid, RefName } from '../../../reconciler/core/contracts/git.ts';
import type { CommitDraft } from '../../../reconciler/ports/git.ts';

export type BenchLedger = {
  readonly append: (drafts: readonly CommitDraft[]) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** A ledger as the reconciler has it: a repository on disk and a key of its own. */
export async function openLedger(input: {
  readonly path: string;
  readonly branch: RefName;
  readonly seed: number;
}): Promise<BenchLedger> {
  const { path, branch, seed } = input;
  await initBareRepository({ path });
  const git = createNativeGit({
    repositoryPath: path,
    processIdentity: createSystemProcessIdentity(),
  });
  const keyPath = join(path, 'bench-key');
  await createSshKey(createSeededRandomness(seed), { path: keyPath, comment: 'bench' });
  const signer = await loadSshLedgerSigner(keyPath);
  let tip: Oid | null = null;
  return {
    async append(drafts) {
      const oids = await git.append({ branch, expectedTip: tip, drafts, signer });
      tip = oids.at(-1) ?? tip;
    },
    close: () => git.close(),
  };
}
