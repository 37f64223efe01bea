import { CodedError } from '../../../core/contracts/coded-error.ts';
import { MAIN_BRANCH, type Oid } from '../../../core/contracts/git.ts';
import type { Instant } from '../../../core/contracts/instant.ts';
import { shorten } from '../../../core/forge/pull-event.ts';
import type { PullStory } from '../../../core/forge/pull-request.ts';
import type { CommitInfo, GitMerger, GitReader, MergeMethod } from '../../../ports/git.ts';
import type { LedgerSigner, SignatureVerifier } from '../../../ports/ledger-signer.ts';
import { toSignature } from './authorship.ts';

/** A merge that was not written down is looked for among so many commits of main. */
const MAX_LOOKED_AT = 256;

export type Merging = {
  readonly git: GitReader & GitMerger;
  readonly verifier: SignatureVerifier;
  readonly story: PullStory;
  readonly main: Oid;
  readonly method: MergeMethod;
  readonly by: string;
  readonly at: Instant;
  readonly signer: LedgerSigner;
};

/** The commit of main that has the head, made now or found. Throws P405 when main moved. */
export async function mergeIntoMain(merging: Merging): Promise<Oid> {
  const { git, story, main, method, by, at, signer } = merging;
  const found = await findEarlier(merging);
  if (found !== null) return found;
  const outcome = await git.merge({
    branch: MAIN_BRANCH,
    expectedTip: main,
    head: story.head,
    method,
    draft: {
      message: toMessage(story),
      author: toSignature(by),
      epochSeconds: Math.floor(at / 1000),
    },
    signer,
  });
  if (outcome.state === 'merged') return outcome.commit;
  const paths = outcome.paths.join(', ');
  throw new CodedError(
    'P419',
    `main and pull request ${story.number} changed the same files in different ways: ${paths}`,
    { details: { number: story.number, head: story.head } },
  );
}

/**
 * A crash may come between main and the log. By its own words the commit is found again; a head
 * that somebody brought into main by hand is merged as well.
 */
async function findEarlier({ git, verifier, story, main, at }: Merging): Promise<Oid | null> {
  const commits = await git.listFirstParents(main, MAX_LOOKED_AT);
  const isOurs = ({ message, signature, signedPayload }: CommitInfo): boolean => {
    const words = message.split('\n');
    return (
      toTrailers(story).every((trailer) => words.includes(trailer)) &&
      signature !== null &&
      verifier.verify(signedPayload, signature, at).state === 'good'
    );
  };
  const ours = commits.find(isOurs);
  if (ours !== undefined) return ours.oid;
  return findArrival(git, story.head, commits);
}

/**
 * The oldest of main's commits that has the head, newest given first: those after it have it too,
 * and those before it do not, so halving finds it. Null when none has it.
 */
async function findArrival(
  git: GitReader,
  head: Oid,
  commits: readonly CommitInfo[],
): Promise<Oid | null> {
  const has = (index: number) => git.isAncestor(head, commits[index]?.oid as Oid);
  if (commits.length === 0 || !(await has(0))) return null;
  let having = 0;
  let lacking = commits.length;
  while (lacking - having > 1) {
    const middle = Math.floor((having + lacking) / 2);
    if (await has(middle)) having = middle;
    else lacking = middle;
  }
  return commits[having]?.oid ?? null;
}

function toMessage(story: PullStory): string {
  const approvals = story.reviews
    .filter(({ verdict, isStale, isSelf }) => verdict === 'approve' && !isStale && !isSelf)
    .map(({ by }) => `Approved-By: ${by}`);
  const trailers = [...toTrailers(story), ...approvals].join('\n');
  return `${story.title}\n\nPull request ${story.number} at ${shorten(story.head)}.\n\n${trailers}\n`;
}

function toTrailers({ number, head }: PullStory): readonly string[] {
  return [`Plumbline-Pull: ${number}`, `Plumbline-Head: ${head}`];
}
