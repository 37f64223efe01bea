import { isCodedError } from '../../../core/contracts/coded-error.ts';
import type { Oid } from '../../../core/contracts/git.ts';
import type { Instant } from '../../../core/contracts/instant.ts';
import { APPROVAL_NAMESPACE, toApprovalPayload } from '../../../core/forge/approval-payload.ts';
import type { ApprovalCandidate, GivenApproval } from '../../../core/forge/judge-approval.ts';
import type { PullStory } from '../../../core/forge/pull-request.ts';
import type { GitMerger, GitReader } from '../../../ports/git.ts';
import { listAuthors } from './authorship.ts';
import type { CreateVerifier } from './pull-log.ts';

/** Without a word in the commit about its origin, so many of the newest are tried. */
const MAX_TRIED = 50;

export type CandidateSearch = {
  readonly git: GitReader & GitMerger;
  readonly createVerifier: CreateVerifier;
  readonly now: Instant;
  /** The signers of the parent and those of main: a right must be in both. */
  readonly signers: readonly string[];
  readonly last: number;
  /** Null for one that is missing or cannot be believed. */
  readonly readStory: (number: number) => Promise<PullStory | null>;
};

/** What the commit says of its origin only narrows the search: the trees decide. */
export async function findCandidates(
  search: CandidateSearch,
  { commit, parent }: { readonly commit: Oid; readonly parent: Oid },
): Promise<readonly ApprovalCandidate[]> {
  const { message, tree } = await search.git.readCommit(commit);
  const named = listNamed(message, search.last);
  const newest = Array.from(
    { length: Math.min(MAX_TRIED, search.last) },
    (_, index) => search.last - index,
  );
  const candidates: ApprovalCandidate[] = [];
  for (const number of new Set([...named, ...newest])) {
    const story = await search.readStory(number);
    if (story === null || !mayLeadTo(story, commit)) continue;
    const merged = await unlessBroken(() => search.git.previewMerge(parent, story.head));
    const isFitting = merged?.state === 'clean' && merged.tree === tree;
    const isNamed = named.includes(number);
    if (merged === null || !(isFitting || isNamed)) continue;
    const authors = await unlessBroken(() => readAuthors(search, story, parent));
    if (authors === null) continue;
    const approvals = listApprovals(search, story);
    candidates.push({ number, head: story.head, merged, authors, approvals });
    if (isFitting && isNamed) break;
  }
  return candidates;
}

/** Our trailer, and the ways in which forges name a pull request in what they merge. */
const NAMES = /^Plumbline-Pull: (\d{1,6})$|^Merge pull request #(\d{1,6})\b|\(#(\d{1,6})\)$/gm;

function listNamed(message: string, last: number): readonly number[] {
  const numbers = [...message.matchAll(NAMES)].map(([, ours, merged, squashed]) =>
    Number(ours ?? merged ?? squashed),
  );
  return [...new Set(numbers)].filter((number) => number >= 1 && number <= last).slice(0, 5);
}

/**
 * An approval is for once. Where a squash was reverted, its head would merge again as if it were
 * new, and whoever did that would have an approval that was meant for another day.
 */
function mayLeadTo({ state, merged }: PullStory, commit: Oid): boolean {
  return state === 'open' || merged?.commit === commit;
}

function readAuthors(
  { git, createVerifier, signers, now }: CandidateSearch,
  story: PullStory,
  parent: Oid,
): Promise<readonly string[]> {
  const verifier = createVerifier({ allowedSigners: signers[0] ?? '' });
  return listAuthors({ git, verifier, now }, story, parent);
}

/** Null for a head that is gone, or of too many commits to know its authors: it approves nothing. */
async function unlessBroken<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (isCodedError(error, 'P404') || isCodedError(error, 'P107')) return null;
    throw error;
  }
}

function listApprovals(search: CandidateSearch, story: PullStory): readonly GivenApproval[] {
  return story.reviews.flatMap(({ by, head, signature, isStale }) => {
    // A head that came back is not the one that was approved: somebody took it away meanwhile.
    if (signature === null || (isStale && head === story.head)) return [];
    const payload = toApprovalPayload({ pull: story.number, head });
    const isGood = (allowedSigners: string): boolean =>
      search
        .createVerifier({ allowedSigners, namespace: APPROVAL_NAMESPACE, principal: by })
        .verify(payload, signature, search.now).state === 'good';
    return [{ by, head, mayApprove: search.signers.every(isGood) }];
  });
}
