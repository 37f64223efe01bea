import { CodedError, isCodedError } from '../../../core/contracts/coded-error.ts';
import type { Oid, RefName } from '../../../core/contracts/git.ts';
import { decodeUtf8 } from '../../../core/contracts/utf8.ts';
import { APPROVAL_NAMESPACE, toApprovalPayload } from '../../../core/forge/approval-payload.ts';
import { foldPull } from '../../../core/forge/fold-pull.ts';
import { parsePullEvent } from '../../../core/forge/parse-pull-event.ts';
import {
  EVENT_PATH,
  formatPullEvent,
  PULL_LIMITS,
  type PullEvent,
  toPullSentence,
} from '../../../core/forge/pull-event.ts';
import type { PullStory } from '../../../core/forge/pull-request.ts';
import type { PullLog } from '../../../ports/forge.ts';
import type { CommitInfo, GitMerger, GitReader, GitWriter } from '../../../ports/git.ts';
import type { SignatureVerifier } from '../../../ports/ledger-signer.ts';
import { toSignature } from './authorship.ts';

export type CreateVerifier = (options: {
  readonly allowedSigners: string;
  /** That of commits by default. */
  readonly namespace?: string;
  /** Who must have signed. */
  readonly principal?: string;
}) => SignatureVerifier;

export type SignedPullLogDeps = {
  readonly git: GitReader & GitWriter & GitMerger;
  readonly createVerifier: CreateVerifier;
};

/** A long-lived forge reads the same pull requests again and again. */
const MAX_KEPT_STORIES = 256;

type Kept = { readonly tip: Oid; readonly allowedSigners: string; readonly story: PullStory };

/**
 * A chain of signed commits per pull request, each of them one event, beside a reference to its
 * head: `git fetch origin refs/plumbline/pull/7/head` gets what is proposed. The log is the truth
 * and is written first; the head follows, and the next event mends it if a crash came between.
 */
export function createSignedPullLog(deps: SignedPullLogDeps): PullLog {
  const { git } = deps;
  const kept = new Map<number, Kept>();

  const keep = (number: number, entry: Kept): void => {
    kept.delete(number);
    kept.set(number, entry);
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT_STORIES && oldest !== undefined) kept.delete(oldest);
  };

  return {
    findLast: () => findLast(git),
    async read(number, allowedSigners) {
      const tip = await refuseDamage(number, () => git.readRef(toLogRef(number)));
      if (tip === null) return null;
      const known = kept.get(number);
      if (known?.tip === tip && known.allowedSigners === allowedSigners) return known.story;
      const events = await refuseDamage(number, () =>
        readEvents(deps, number, tip, allowedSigners),
      );
      const folded = foldPull(number, events);
      if (folded.state === 'invalid') throw refuse(number, folded.why);
      keep(number, { tip, allowedSigners, story: folded.story });
      return folded.story;
    },
    async append(event, signer) {
      const { pull } = event;
      const branch = toLogRef(pull);
      const known = kept.get(pull);
      const expectedTip = await findPlace(git, event, known);
      await git.append({
        branch,
        expectedTip,
        drafts: [
          {
            message: `${toPullSentence(event)}\n`,
            author: toSignature(event.by),
            epochSeconds: Math.floor(Date.parse(event.at) / 1000),
            changes: [
              { path: EVENT_PATH, content: new TextEncoder().encode(formatPullEvent(event)) },
            ],
          },
        ],
        signer,
      });
      const isMove = event.type === 'open' || event.type === 'push';
      const head = isMove ? event.head : known?.story.head;
      if (head !== undefined) await moveHead(git, pull, head);
    },
  };
}

export function toLogRef(number: number): RefName {
  return `refs/plumbline/pull/${number}/log`;
}

export function toHeadRef(number: number): RefName {
  return `refs/plumbline/pull/${number}/head`;
}

async function moveHead(git: GitReader & GitMerger, pull: number, next: Oid): Promise<void> {
  const name = toHeadRef(pull);
  const expected = await git.readRef(name);
  if (expected === next) return;
  try {
    await git.moveRef({ name, expected, next });
  } catch (error) {
    // Somebody else wrote a later event and moved it meanwhile; what we wrote stands all the same.
    if (!isCodedError(error, 'P405')) throw error;
  }
}

/** Numbers have no gaps, so doubling and halving finds the last of thousands in a few reads. */
async function findLast(git: GitReader): Promise<number> {
  const isUsed = async (number: number): Promise<boolean> => {
    try {
      return (await git.readRef(toLogRef(number))) !== null;
    } catch (error) {
      // Something stands there, even if it is damaged.
      if (isCodedError(error, 'P404')) return true;
      throw error;
    }
  };
  let free = 1;
  while (free <= PULL_LIMITS.maxPulls && (await isUsed(free))) free *= 2;
  let used = Math.floor(free / 2);
  while (free - used > 1) {
    const middle = Math.floor((free + used) / 2);
    if (await isUsed(middle)) used = middle;
    else free = middle;
  }
  return used;
}

/** The commit that the event has to stand on; the caller judged the log up to it. */
async function findPlace(
  git: GitReader,
  { pull, seq }: PullEvent,
  known: Kept | undefined,
): Promise<Oid | null> {
  const tip = await git.readRef(toLogRef(pull));
  const events = tip === null ? 0 : await countEvents(git, pull, tip, known);
  if (events === seq - 1) return tip;
  const found = `has ${events} events, so none can be number ${seq}`;
  throw new CodedError('P405', `pull request ${pull} ${found}`);
}

async function countEvents(
  git: GitReader,
  pull: number,
  tip: Oid,
  known: Kept | undefined,
): Promise<number> {
  return known?.tip === tip ? known.story.seq : (await listChain(git, pull, tip)).length;
}

/** The newest first. */
async function listChain(git: GitReader, number: number, tip: Oid): Promise<CommitInfo[]> {
  const chain: CommitInfo[] = [];
  for (let next: Oid | undefined = tip; next !== undefined; ) {
    const commit: CommitInfo = await git.readCommit(next);
    if (commit.parents.length > 1) throw refuse(number, `commit ${next} joins two logs`);
    chain.push(commit);
    if (chain.length > PULL_LIMITS.maxEvents) {
      throw refuse(number, `it has more than ${PULL_LIMITS.maxEvents} events`);
    }
    next = commit.parents[0];
  }
  return chain;
}

async function readEvents(
  deps: SignedPullLogDeps,
  number: number,
  tip: Oid,
  allowedSigners: string,
): Promise<readonly PullEvent[]> {
  const chain = (await listChain(deps.git, number, tip)).reverse();
  const files = chain.map(({ oid }) => ({ commit: oid, path: EVENT_PATH }));
  const contents = await deps.git.readFiles(files, PULL_LIMITS.maxEventBytes);
  const people = createPeople(deps.createVerifier, allowedSigners);
  return chain.map((commit, index) => {
    const why = (text: string) => refuse(number, `commit ${commit.oid}: ${text}`);
    const bytes = contents[index];
    const text = bytes ? decodeUtf8(bytes) : null;
    if (text === null) throw why(`it has no readable ${EVENT_PATH}`);
    const parsed = parsePullEvent(text);
    if (parsed.state === 'invalid') throw why(parsed.why);
    const fault = findForgery(people, commit, parsed.event);
    if (fault !== null) throw why(fault);
    return parsed.event;
  });
}

/** Judges by the person whom an event names: a key may belong to a name of today and of before. */
type Person = { readonly commits: SignatureVerifier; readonly approvals: SignatureVerifier };

function createPeople(createVerifier: CreateVerifier, allowedSigners: string) {
  const people = new Map<string, Person>();
  return (principal: string): Person => {
    const known = people.get(principal);
    if (known !== undefined) return known;
    const person = {
      commits: createVerifier({ allowedSigners, principal }),
      approvals: createVerifier({ allowedSigners, principal, namespace: APPROVAL_NAMESPACE }),
    };
    people.set(principal, person);
    return person;
  };
}

function findForgery(
  findPerson: (principal: string) => Person,
  commit: CommitInfo,
  event: PullEvent,
): string | null {
  if (commit.signature === null) return 'it is not signed';
  const at = Date.parse(event.at);
  const person = findPerson(event.by);
  const verdict = person.commits.verify(commit.signedPayload, commit.signature, at);
  if (verdict.state === 'bad') {
    return `its signature is bad: ${verdict.why}; who left keeps a line with valid-before`;
  }
  if (event.type !== 'review' || event.signature === null) return null;
  const approval = person.approvals.verify(toApprovalPayload(event), event.signature, at);
  return approval.state === 'good' ? null : `its approval is bad: ${approval.why}`;
}

function refuse(number: number, why: string): CodedError {
  return new CodedError('P416', `the log of pull request ${number} is refused: ${why}`, {
    details: { number },
  });
}

/** Objects that are missing or too large are a fault of the log that names them. */
async function refuseDamage<T>(number: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isCodedError(error, 'P404') && !isCodedError(error, 'P104')) throw error;
    throw new CodedError('P416', `the log of pull request ${number} is refused: ${error.message}`, {
      details: { number },
      cause: error,
    });
  }
}
