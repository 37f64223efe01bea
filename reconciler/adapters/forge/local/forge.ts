import { GIT_NAMESPACE } from '../../../core/audit/ssh-signature.ts';
import { CodedError, isCodedError } from '../../../core/contracts/coded-error.ts';
import { isRefName, MAIN_BRANCH, type Oid, type RefName } from '../../../core/contracts/git.ts';
import { type Instant, toRfc3339 } from '../../../core/contracts/instant.ts';
import { APPROVAL_NAMESPACE, toApprovalPayload } from '../../../core/forge/approval-payload.ts';
import { findPrincipal } from '../../../core/forge/find-principal.ts';
import { parsePullEvent } from '../../../core/forge/parse-pull-event.ts';
import {
  formatPullEvent,
  PULL_LIMITS,
  type PullAct,
  type PullEvent,
  shorten,
} from '../../../core/forge/pull-event.ts';
import type { PullRequest, PullState, PullStory } from '../../../core/forge/pull-request.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Forge, ForgeActor, PullEntry, PullLog } from '../../../ports/forge.ts';
import type { GitMerger, GitReader } from '../../../ports/git.ts';
import type { LedgerSigner } from '../../../ports/ledger-signer.ts';
import { listAuthors, MAX_PROPOSED_COMMITS } from './authorship.ts';
import { findCandidates } from './candidates.ts';
import { mergeIntoMain } from './merge-pull.ts';
import type { CreateVerifier } from './pull-log.ts';

export type LocalForgeDeps = {
  readonly git: GitReader & GitMerger;
  readonly log: PullLog;
  readonly clock: Clock;
  readonly createVerifier: CreateVerifier;
  /** The file of main that says who may sign what. */
  readonly allowedSignersPath: string;
};

const MAX_SIGNERS_BYTES = 64 * 1024;
const MAX_SCANNED = 500;
/** Kept for the end, so that nobody can talk a pull request into never being finished. */
const RESERVED_EVENTS = 8;
/** Each time that somebody else came first, everything is read and judged again. */
const MAX_ATTEMPTS = 8;

/** Main as it is now, and whom it allows to sign. */
type Main = { readonly tip: Oid; readonly signers: string };

/** Pull requests of a repository without any server: what happens is written into it, signed. */
export function createLocalForge(deps: LocalForgeDeps): Forge {
  const read = async (number: number): Promise<PullRequest> => {
    const main = await readMain(deps);
    return relate(deps, main, await readStory(deps, main, number));
  };
  return {
    open: (input, actor) => retry(() => open(deps, input, actor)),
    read,
    list: async ({ states, maxCount }) => list(deps, await readMain(deps), states, maxCount),
    refresh: (number, actor) => retry(() => refresh(deps, number, actor)),
    add: (number, entry, actor) => retry(() => add(deps, number, entry, actor)),
    merge: (number, input, actor) => retry(() => merge(deps, number, input, actor)),
    async listCandidates({ commit, parent }) {
      const { git, log, clock, createVerifier } = deps;
      const main = await readMain(deps);
      const readBelieved = async (number: number) => {
        try {
          return await log.read(number, main.signers);
        } catch (error) {
          if (isCodedError(error, 'P416')) return null;
          throw error;
        }
      };
      const search = {
        git,
        createVerifier,
        now: clock.now(),
        signers: [await readSigners(deps, parent), main.signers],
        last: await log.findLast(),
        readStory: readBelieved,
      };
      return findCandidates(search, { commit, parent });
    },
  };
}

async function retry<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isCodedError(error, 'P405') || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

async function readMain(deps: LocalForgeDeps): Promise<Main> {
  const tip = await deps.git.readRef(MAIN_BRANCH);
  if (tip === null) throw new CodedError('P415', 'the repository has no branch main');
  return { tip, signers: await readSigners(deps, tip) };
}

async function readSigners(deps: LocalForgeDeps, commit: Oid): Promise<string> {
  const path = deps.allowedSignersPath;
  const [bytes] = await deps.git.readFiles([{ commit, path }], MAX_SIGNERS_BYTES);
  if (bytes) return new TextDecoder().decode(bytes);
  throw new CodedError('P417', `commit ${shorten(commit)} has no file ${path}, so nobody may sign`);
}

async function readStory(deps: LocalForgeDeps, main: Main, number: number): Promise<PullStory> {
  const story = await deps.log.read(number, main.signers);
  if (story !== null) return story;
  throw new CodedError('P415', `there is no pull request ${number}; plumb pr list shows them`);
}

async function relate(deps: LocalForgeDeps, main: Main, story: PullStory): Promise<PullRequest> {
  const { git } = deps;
  const { head, merged, state } = story;
  const into = merged === null ? main.tip : await readFirstParent(git, merged.commit);
  const base = await git.findMergeBase(into, head);
  if (base === null) throw toStranger(story.branch);
  const verifier = deps.createVerifier({ allowedSigners: main.signers });
  const authors = await listAuthors({ git, verifier, now: deps.clock.now() }, story, into);
  if (state !== 'open') return { ...story, base, authors, isBehind: false, conflicts: [] };
  const preview = await git.previewMerge(into, head);
  const conflicts = preview.state === 'conflict' ? preview.paths : [];
  return { ...story, base, authors, isBehind: base !== into, conflicts };
}

async function readFirstParent(git: GitReader, commit: Oid): Promise<Oid> {
  const [first] = (await git.readCommit(commit)).parents;
  return first ?? commit;
}

function toStranger(branch: string): CodedError {
  return new CodedError('P420', `${branch} shares no history with main, so it cannot be merged`);
}

async function list(
  deps: LocalForgeDeps,
  main: Main,
  states: readonly PullState[],
  maxCount: number,
) {
  const pulls: PullStory[] = [];
  const refused: { readonly number: number; readonly why: string }[] = [];
  const last = await deps.log.findLast();
  const oldest = Math.max(1, last - MAX_SCANNED + 1);
  for (let number = last; number >= oldest && pulls.length < maxCount; number -= 1) {
    try {
      const story = await readStory(deps, main, number);
      if (states.includes(story.state)) pulls.push(story);
    } catch (error) {
      if (!isCodedError(error, 'P416')) throw error;
      refused.push({ number, why: error.message });
    }
  }
  return { pulls, refused };
}

async function open(
  deps: LocalForgeDeps,
  input: { readonly title: string; readonly body: string; readonly branch: string },
  actor: ForgeActor,
): Promise<PullRequest> {
  const { title, body, branch } = input;
  const main = await readMain(deps);
  const head = await readBranch(deps, branch);
  if (head === null) {
    throw new CodedError('P415', `there is no branch ${branch}; push it to the repository first`);
  }
  await checkProposable(deps, main, branch, head);
  if (await deps.git.isAncestor(head, main.tip)) {
    throw new CodedError('P420', `${branch} has nothing that main does not have`);
  }
  const { pulls } = await list(deps, main, ['open'], MAX_SCANNED);
  const other = pulls.find((pull) => pull.branch === branch);
  if (other !== undefined) {
    throw new CodedError('P420', `pull request ${other.number} is open for ${branch} already`);
  }
  const number = (await deps.log.findLast()) + 1;
  if (number > PULL_LIMITS.maxPulls) {
    throw new CodedError('P420', `a repository has at most ${PULL_LIMITS.maxPulls} pull requests`);
  }
  const act = { type: 'open', title, body, branch, head } as const;
  await write(deps, main, { number, story: null }, act, actor);
  return relate(deps, main, await readStory(deps, main, number));
}

/** What is proposed must be something that can be merged, and whose authors can be known. */
async function checkProposable(
  { git }: LocalForgeDeps,
  main: Main,
  branch: string,
  head: Oid,
): Promise<void> {
  if ((await git.findMergeBase(main.tip, head)) === null) throw toStranger(branch);
  try {
    await git.listBetween({ base: main.tip, tip: head, maxCount: MAX_PROPOSED_COMMITS });
  } catch (cause) {
    if (!isCodedError(cause, 'P404')) throw cause;
    const why = `${branch} has more than ${MAX_PROPOSED_COMMITS} commits that main does not have`;
    throw new CodedError('P420', `${why}; squash them, or merge in parts`, { cause });
  }
}

async function readBranch(deps: LocalForgeDeps, branch: string): Promise<Oid | null> {
  const name: RefName = `refs/heads/${branch}`;
  if (!isRefName(name)) {
    const alphabet = 'lower-case letters, digits, dots, hyphens, underscores, slashes';
    throw new CodedError('P415', `${JSON.stringify(branch)} is no name of a branch: ${alphabet}`);
  }
  if (name === MAIN_BRANCH || branch.startsWith('plumbline/audit/')) {
    throw new CodedError('P420', `${branch} is not a branch that can be proposed`);
  }
  return deps.git.readRef(name);
}

/** Signs and appends; the texts of the act are held to the limits by those who would read it. */
async function write(
  deps: LocalForgeDeps,
  main: Main,
  place: { readonly number: number; readonly story: PullStory | null },
  act: PullAct,
  actor: ForgeActor,
): Promise<void> {
  const { number, story } = place;
  const seq = (story?.seq ?? 0) + 1;
  const isLast = act.type === 'merge' || act.type === 'close';
  if (seq > PULL_LIMITS.maxEvents - (isLast ? 0 : RESERVED_EVENTS)) {
    throw new CodedError('P420', `pull request ${number} has ${seq - 1} events, the most there is`);
  }
  const at = toTime(deps, story);
  const by = requirePrincipal(deps, main, { key: actor.signer, namespace: GIT_NAMESPACE, at });
  const event = { v: 1, pull: number, seq, at: toRfc3339(at), by, ...act } as PullEvent;
  const parsed = parsePullEvent(formatPullEvent(event));
  if (parsed.state === 'invalid') throw new CodedError('P420', parsed.why);
  await deps.log.append(event, actor.signer);
}

/** Clocks of several machines differ; the log never goes back. */
function toTime({ clock }: LocalForgeDeps, story: PullStory | null): Instant {
  return Math.max(clock.now(), story === null ? 0 : Date.parse(story.updatedAt));
}

function requirePrincipal(
  deps: LocalForgeDeps,
  main: Main,
  wanted: { readonly key: LedgerSigner; readonly namespace: string; readonly at: Instant },
): string {
  const { namespace, at } = wanted;
  const { publicKey } = wanted.key;
  const principal = findPrincipal(main.signers, { publicKey, namespace, at });
  if (principal !== null) return principal;
  const purpose = `in the namespace ${namespace}`;
  throw new CodedError(
    'P417',
    `the key ${publicKey} may not sign ${purpose}: ${deps.allowedSignersPath} on main says who may`,
  );
}

async function refresh(
  deps: LocalForgeDeps,
  number: number,
  actor: ForgeActor,
): Promise<PullRequest> {
  const main = await readMain(deps);
  const story = await readStory(deps, main, number);
  const head = story.state === 'open' ? await readBranch(deps, story.branch) : null;
  if (head === null || head === story.head) return relate(deps, main, story);
  await checkProposable(deps, main, story.branch, head);
  await write(deps, main, { number, story }, { type: 'push', head }, actor);
  return relate(deps, main, await readStory(deps, main, number));
}

async function add(
  deps: LocalForgeDeps,
  number: number,
  entry: PullEntry,
  actor: ForgeActor,
): Promise<PullRequest> {
  const main = await readMain(deps);
  const story = await readStory(deps, main, number);
  checkOpen(story);
  const act = await toAct(deps, main, story, entry, actor);
  await write(deps, main, { number, story }, act, actor);
  return relate(deps, main, await readStory(deps, main, number));
}

function checkOpen({ number, state }: PullStory): void {
  if (state !== 'open') throw new CodedError('P420', `pull request ${number} is ${state} already`);
}

/** What was looked at must be what is there: in the log, and in the branch behind it. */
async function checkHead(deps: LocalForgeDeps, story: PullStory, head: Oid): Promise<void> {
  const { number, branch } = story;
  const found = head === story.head ? await readBranch(deps, branch) : story.head;
  if (found === null || found === head) return;
  const moved = `is at ${shorten(found)} by now, not at ${shorten(head)}`;
  throw new CodedError('P418', `pull request ${number} (${branch}) ${moved}`, {
    details: { number, head: found },
  });
}

async function toAct(
  deps: LocalForgeDeps,
  main: Main,
  story: PullStory,
  entry: PullEntry,
  actor: ForgeActor,
): Promise<PullAct> {
  switch (entry.type) {
    case 'comment':
    case 'check':
    case 'close':
      return entry;
    case 'request-changes': {
      const { head, body } = entry;
      await checkHead(deps, story, head);
      return { type: 'review', verdict: entry.type, head, body, isSelf: false, signature: null };
    }
    case 'approve': {
      const { head, body } = entry;
      await checkHead(deps, story, head);
      const by = requireApprover(deps, main, story, actor);
      const { authors } = await relate(deps, main, story);
      const isSelf = authors.some((author) => author.toLowerCase() === by.toLowerCase());
      const payload = toApprovalPayload({ pull: story.number, head });
      const signature = await actor.approver.sign(payload);
      return { type: 'review', verdict: 'approve', head, body, isSelf, signature };
    }
  }
}

/** One person under one name for both purposes: else nobody could tell whose approval it is. */
function requireApprover(
  deps: LocalForgeDeps,
  main: Main,
  story: PullStory,
  { signer, approver }: ForgeActor,
): string {
  const at = toTime(deps, story);
  const approves = { key: approver, namespace: APPROVAL_NAMESPACE, at };
  const by = requirePrincipal(deps, main, approves);
  const writer = requirePrincipal(deps, main, { key: signer, namespace: GIT_NAMESPACE, at });
  if (by === writer) return by;
  const path = deps.allowedSignersPath;
  throw new CodedError('P417', `${path} names ${writer} for commits and ${by} for approvals`);
}

async function merge(
  deps: LocalForgeDeps,
  number: number,
  input: { readonly head: Oid; readonly method: 'merge' | 'squash' },
  actor: ForgeActor,
): Promise<PullRequest> {
  const { git, createVerifier } = deps;
  const main = await readMain(deps);
  const story = await readStory(deps, main, number);
  if (story.state === 'merged' && story.head === input.head) return relate(deps, main, story);
  checkOpen(story);
  await checkHead(deps, story, input.head);
  const { signer } = actor;
  const at = toTime(deps, story);
  const by = requirePrincipal(deps, main, { key: signer, namespace: GIT_NAMESPACE, at });
  const { method, head } = input;
  const verifier = createVerifier({ allowedSigners: main.signers });
  const merging = { git, verifier, story, main: main.tip, method, by, at, signer };
  const commit = await mergeIntoMain(merging);
  await write(deps, main, { number, story }, { type: 'merge', head, method, commit }, actor);
  return relate(deps, main, await readStory(deps, main, number));
}
