import type { IdentityName } from '../cli/initialise.ts';
import type { StatePaths } from '../cli/state-paths.ts';
import type { RevisionReader } from '../engine/revision-reader.ts';
import type { Proposals } from '../ports/proposals.ts';
import type { ClosableGit, Machine } from './machine.ts';
import { loadActor, openLocalForge } from './pulls.ts';

/** The machine proposes and writes down; it may not approve. */
const PROPOSER: IdentityName = 'plumbline';

/** Where an installation asks its people: pull requests of its own repository. */
export async function openProposals(parts: {
  readonly machine: Machine;
  readonly paths: StatePaths;
  readonly git: ClosableGit;
  readonly revisions: RevisionReader;
}): Promise<Proposals> {
  const { createForgeProposals } = await import('../adapters/proposals/forge/proposals.ts');
  const { machine, paths, git, revisions } = parts;
  return createForgeProposals({
    git,
    clock: machine.clock,
    forge: await openLocalForge(machine, git),
    actor: await loadActor(paths, PROPOSER),
    author: { name: PROPOSER, email: `${PROPOSER}@localhost` },
    readRevision: (commit) => revisions.read(git, commit),
  });
}
