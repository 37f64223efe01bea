import { CodedError, isCodedError } from '../../../core/contracts/coded-error.ts';
import type { Oid, RefName } from '../../../core/contracts/git.ts';
import { MAIN_BRANCH } from '../../../core/contracts/git.ts';
import { type Ref, toRefKey } from '../../../core/contracts/ref.ts';
import type { PullStory } from '../../../core/forge/pull-request.ts';
import type { Proposal, RepoFile } from '../../../core/release/proposal.ts';
import type { RevisionJudgement } from '../../../core/spec/judge-revision.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Forge, ForgeActor } from '../../../ports/forge.ts';
import type { GitMerger, GitReader, GitWriter } from '../../../ports/git.ts';
import type { Proposals } from '../../../ports/proposals.ts';

export type ForgeProposalsDeps = {
  readonly git: GitReader & GitWriter & GitMerger;
  readonly forge: Forge;
  readonly clock: Pick<Clock, 'now'>;
  /** The machine's own identity. */
  readonly actor: ForgeActor;
  readonly author: { readonly name: string; readonly email: string };
  readonly readRevision: (commit: Oid) => Promise<RevisionJudgement>;
};

/** As many as a forge lists; a cause older than that may be proposed once more. */
const MAX_LISTED = 500;
const MAX_FILE_BYTES = 1024 * 1024;

/** Proposals as pull requests: a branch of one signed commit each, opened by the machine. */
export function createForgeProposals(deps: ForgeProposalsDeps): Proposals {
  const { forge } = deps;
  const listOn = async (states: readonly PullStory['state'][]) =>
    (await forge.list({ states, maxCount: MAX_LISTED })).pulls;
  return {
    findFile: async (ref) => findFile(deps, await readMain(deps), ref),
    stateOf: async (branch) =>
      (await listOn(['open', 'merged', 'closed'])).find((pull) => pull.branch === branch)?.state ??
      null,
    open: async (proposal) => {
      const open = await listOn(['open']);
      const { branch } = proposal;
      const known = open.find((pull) => pull.branch === branch);
      const number = known?.number ?? (await openPull(deps, proposal));
      const replaced = open.filter(
        (pull) => pull.branch.startsWith(proposal.replaces) && pull.branch !== branch,
      );
      for (const pull of replaced) await closeReplaced(deps, pull, number);
      if (proposal.mergedBecause !== null) await mergeOwn(deps, number, proposal.mergedBecause);
      return number;
    },
  };
}

async function readMain({ git }: ForgeProposalsDeps): Promise<Oid> {
  const tip = await git.readRef(MAIN_BRANCH);
  if (tip === null) throw new CodedError('P415', 'the repository has no branch main');
  return tip;
}

async function findFile(deps: ForgeProposalsDeps, tip: Oid, ref: Ref): Promise<RepoFile | null> {
  const { valid } = await deps.readRevision(tip);
  const found = valid.find((resource) => toRefKey(resource.ref) === toRefKey(ref));
  if (found === undefined) return null;
  const { path } = found.location;
  const [bytes] = await deps.git.readFiles([{ commit: tip, path }], MAX_FILE_BYTES);
  return bytes ? { path, text: new TextDecoder().decode(bytes) } : null;
}

async function openPull(deps: ForgeProposalsDeps, proposal: Proposal): Promise<number> {
  await ensureCommit(deps, proposal);
  const { title, body, branch } = proposal;
  return (await deps.forge.open({ title, body, branch }, deps.actor)).number;
}

/** A branch that holds nothing new was left by a crash, and begins at main again. */
async function ensureCommit(deps: ForgeProposalsDeps, proposal: Proposal): Promise<void> {
  const { git, clock, author, actor } = deps;
  const branch: RefName = `refs/heads/${proposal.branch}`;
  const tip = await readMain(deps);
  const head = await git.readRef(branch);
  if (head !== null && !(await git.isAncestor(head, tip))) return;
  if (head !== tip) await git.moveRef({ name: branch, expected: head, next: tip });
  const draft = {
    message: `${proposal.title}\n`,
    author,
    epochSeconds: Math.floor(clock.now() / 1000),
    changes: proposal.files.map(({ path, text }) => {
      return { path, content: new TextEncoder().encode(text) };
    }),
  };
  await git.append({ branch, expectedTip: tip, drafts: [draft], signer: actor.signer });
}

/** What a person has worked on is theirs to close. */
async function closeReplaced(
  { forge, actor }: ForgeProposalsDeps,
  pull: PullStory,
  by: number,
): Promise<void> {
  if (pull.pushers.some((pusher) => pusher !== pull.author)) return;
  await forge.add(pull.number, { type: 'close', reason: `replaced by pull request ${by}` }, actor);
}

const MERGE_COMMENT = 'plumbline/merge';

/** Only what the machine alone has written: a head that somebody else had a part in is theirs. */
async function mergeOwn(
  { forge, actor }: ForgeProposalsDeps,
  number: number,
  why: string,
): Promise<void> {
  const { head, author, authors, comments } = await forge.read(number);
  if (authors.some((person) => person !== author)) return;
  const isSaid = comments.some(({ key, body }) => key === MERGE_COMMENT && body === why);
  if (!isSaid) await forge.add(number, { type: 'comment', key: MERGE_COMMENT, body: why }, actor);
  try {
    await forge.merge(number, { head, method: 'merge' }, actor);
  } catch (error) {
    if (!isCodedError(error, 'P418') && !isCodedError(error, 'P419')) throw error;
  }
}
