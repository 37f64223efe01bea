import { type Ref, type RefKey, toRefKey } from '../../../core/contracts/ref.ts';
import type { Proposal, RepoFile } from '../../../core/release/proposal.ts';
import type { Proposals } from '../../../ports/proposals.ts';

export type MemoryProposal = Proposal & {
  readonly number: number;
  readonly state: 'open' | 'merged' | 'closed';
};

/** What several openings share: main's files by what they hold, and all that was proposed. */
export type MemoryProposalTables = {
  readonly files: Map<RefKey, RepoFile>;
  readonly proposals: MemoryProposal[];
};

export function createMemoryProposalTables(): MemoryProposalTables {
  return { files: new Map(), proposals: [] };
}

export function createMemoryProposals(deps: { readonly tables: MemoryProposalTables }): Proposals {
  const { files, proposals } = deps.tables;
  const isOpenOn = (branch: string) => (one: MemoryProposal) =>
    one.state === 'open' && one.branch === branch;
  return {
    findFile: async (ref: Ref) => files.get(toRefKey(ref)) ?? null,
    stateOf: async (branch) => proposals.findLast((one) => one.branch === branch)?.state ?? null,
    open: async (proposal) => {
      const known = proposals.find(isOpenOn(proposal.branch));
      const number = known?.number ?? proposals.length + 1;
      if (known === undefined) proposals.push({ ...proposal, number, state: 'open' });
      for (const [at, one] of proposals.entries()) {
        const isReplaced = one.branch.startsWith(proposal.replaces) && one.number !== number;
        if (isReplaced && one.state === 'open') proposals[at] = { ...one, state: 'closed' };
        const isMerged = one.number === number && proposal.mergedBecause !== null;
        if (isMerged) proposals[at] = { ...one, state: 'merged' };
      }
      return number;
    },
  };
}
