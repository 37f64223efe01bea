import type { Oid } from '../contracts/git.ts';
import type { MergedTree } from '../contracts/git-tree-merge.ts';

export type GivenApproval = {
  readonly by: string;
  /** The head that it was given on. */
  readonly head: Oid;
  /** Its own signature is good, by a key that may approve now. */
  readonly mayApprove: boolean;
};

/** A pull request that may be what a commit of main came from. */
export type ApprovalCandidate = {
  readonly number: number;
  readonly head: Oid;
  /** The head merged into the commit's parent. */
  readonly merged: MergedTree;
  /** Everybody with a part in the head: who opened it, pushed it, wrote or signed its commits. */
  readonly authors: readonly string[];
  readonly approvals: readonly GivenApproval[];
};

export type ApprovalJudgement = {
  readonly state: 'approved' | 'self' | 'missing';
  /** Who approved; of a `self`, the authors who approved what they made. */
  readonly by: readonly string[];
  /** The pull request that the commit came from, when one is known. */
  readonly pull: number | null;
  readonly why: string;
};

/**
 * Whether somebody else approved what a commit of main holds. Trees are compared and nothing
 * else, so a merge, a squash, a rebase and a merge queue count alike; after a rebase of several
 * commits, ask about the last of them with the merges into the parent of the first.
 */
export function judgeApproval(input: {
  readonly commit: { readonly oid: Oid; readonly tree: Oid };
  readonly candidates: readonly ApprovalCandidate[];
}): ApprovalJudgement {
  const { commit, candidates } = input;
  const fitting = candidates.filter(
    ({ merged }) => merged.state === 'clean' && merged.tree === commit.tree,
  );
  const judged = fitting.map(judgeCandidate);
  const best =
    judged.find(({ state }) => state === 'approved') ??
    judged.find(({ state }) => state === 'self') ??
    judged[0];
  if (best !== undefined) return best;
  const why =
    candidates.length === 0
      ? 'no pull request leads to it'
      : `it is not what merging ${candidates.map(({ number }) => number).join(', ')} would give`;
  return { state: 'missing', by: [], pull: null, why };
}

function judgeCandidate(candidate: ApprovalCandidate): ApprovalJudgement {
  const { number: pull, head, approvals } = candidate;
  const authors = new Set(candidate.authors.map(toComparable));
  const ofHead = approvals.filter((approval) => approval.head === head);
  const rightful = ofHead.filter(({ mayApprove }) => mayApprove);
  const isAuthor = ({ by }: GivenApproval) => authors.has(toComparable(by));
  const others = rightful.filter((approval) => !isAuthor(approval)).map(({ by }) => by);
  const selves = rightful.filter(isAuthor).map(({ by }) => by);
  if (others.length > 0) {
    return { state: 'approved', by: others, pull, why: `approved by ${others.join(', ')}` };
  }
  if (selves.length > 0) {
    const why = `approved only by ${selves.join(', ')}, who had a part in it`;
    return { state: 'self', by: selves, pull, why };
  }
  return { state: 'missing', by: [], pull, why: explainMissing(approvals, ofHead) };
}

function explainMissing(
  approvals: readonly GivenApproval[],
  ofHead: readonly GivenApproval[],
): string {
  if (ofHead.length > 0) return `${listPeople(ofHead)} may not approve`;
  if (approvals.length > 0) return `the head moved since ${listPeople(approvals)} approved`;
  return 'nobody approved it';
}

function listPeople(approvals: readonly GivenApproval[]): string {
  return approvals.map(({ by }) => by).join(', ');
}

/** Addresses are one person's whichever case somebody spells them in. */
function toComparable(person: string): string {
  return person.trim().toLowerCase();
}
