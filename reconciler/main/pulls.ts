import { join } from 'node:path';
import type { PullSession } from '../cli/pull-session.ts';
import type { StatePaths } from '../cli/state-paths.ts';
import { APPROVAL_NAMESPACE } from '../core/forge/approval-payload.ts';
import type { Clock } from '../ports/clock.ts';
import type { Forge, ForgeActor } from '../ports/forge.ts';
import { type ClosableGit, type Machine, withGit } from './machine.ts';

/** Where the first commit puts it, and where a Platform has it unless it says otherwise. */
const ALLOWED_SIGNERS = 'allowed_signers';

/** The forge of an installation: its own repository, with the identities of this machine. */
export function withForge<Result>(
  machine: Machine,
  paths: StatePaths,
  work: (session: PullSession) => Promise<Result>,
): Promise<Result> {
  return withGit(machine, paths, async (git) =>
    work({
      git,
      forge: await openLocalForge(machine, git),
      loadActor: (name) => loadActor(paths, name),
    }),
  );
}

export async function openLocalForge(
  { clock }: { readonly clock: Clock },
  git: ClosableGit,
): Promise<Forge> {
  const { createLocalForge } = await import('../adapters/forge/local/forge.ts');
  const { createSignedPullLog } = await import('../adapters/forge/local/pull-log.ts');
  const { createSshSignatureVerifier } = await import(
    '../adapters/ledger-signer/ssh/signature-verifier.ts'
  );
  const createVerifier = createSshSignatureVerifier;
  return createLocalForge({
    git,
    clock,
    createVerifier,
    log: createSignedPullLog({ git, createVerifier }),
    allowedSignersPath: ALLOWED_SIGNERS,
  });
}

/** Loaded and never made: an identity without a key of its own is nobody. */
export async function loadActor(paths: StatePaths, name: string): Promise<ForgeActor> {
  const { loadSshLedgerSigner } = await import('../adapters/ledger-signer/ssh/ledger-signer.ts');
  const path = join(paths.keys, name);
  return {
    signer: await loadSshLedgerSigner(path),
    approver: await loadSshLedgerSigner(path, APPROVAL_NAMESPACE),
  };
}
