import { isCodedError } from '../core/contracts/coded-error.ts';
import { MAIN_BRANCH, type Oid } from '../core/contracts/git.ts';
import { describeUnjudged, type PullWords } from '../core/forge/describe-outlook.ts';
import type { PullComment, PullRequest, PullStory } from '../core/forge/pull-request.ts';
import type { Clock } from '../ports/clock.ts';
import type { Forge, ForgeActor } from '../ports/forge.ts';
import type { GitReader } from '../ports/git.ts';
import type { Log } from '../ports/log.ts';
import type { Randomness } from '../ports/randomness.ts';
import { describeError } from './describe-error.ts';
import type { ProposedChange } from './judge-pull.ts';
import { jitter } from './retry.ts';

export type PullCheckerDeps = {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Log;
  readonly git: GitReader;
  readonly forge: Forge;
  /** The machine's own identity: it says what it found, and approves nothing. */
  readonly actor: ForgeActor;
  readonly pollMs: number;
  readonly judge: (change: ProposedChange) => Promise<PullWords>;
};

export type PullChecker = {
  /** Looks at every open pull request once. */
  readonly checkAll: () => Promise<void>;
  readonly run: (stop: AbortSignal) => Promise<void>;
};

/** More are not looked at in one round: the oldest of so many wait until others are finished. */
const MAX_OPEN = 100;
/** Looking may take a while where there are many; it never takes more than this share of the time. */
const MAX_SHARE = 1 / 5;
const COMMENT_KEY = 'plumbline/plan';

/** Says on every open pull request what merging it would do, and again when that has changed. */
export function createPullChecker(deps: PullCheckerDeps): PullChecker {
  /** What was judged last, by number: the same head on the same main needs no second look. */
  const judged = new Map<number, string>();
  const troubles = new Map<number, string>();

  const checkAll = async (): Promise<void> => {
    const main = await deps.git.readRef(MAIN_BRANCH);
    if (main === null) return;
    const { pulls } = await deps.forge.list({ states: ['open'], maxCount: MAX_OPEN });
    forgetOthers(judged, pulls);
    forgetOthers(troubles, pulls);
    for (const pull of pulls) {
      try {
        await checkOne(deps, judged, pull, main);
        troubles.delete(pull.number);
      } catch (error) {
        tellOnce(deps, troubles, pull, describeError(error));
      }
    }
  };

  const run = async (stop: AbortSignal): Promise<void> => {
    while (!stop.aborted) {
      const startedAt = deps.clock.now();
      try {
        await checkAll();
      } catch (error) {
        const message = describeError(error);
        deps.log.write({ level: 'warn', event: 'pulls-not-checked', message });
      }
      const tookMs = deps.clock.now() - startedAt;
      const pauseMs = Math.max(deps.pollMs, tookMs / MAX_SHARE);
      await deps.clock.sleep(jitter(pauseMs, deps.randomness), stop);
    }
  };

  return { checkAll, run };
}

function forgetOthers(kept: Map<number, string>, pulls: readonly PullStory[]): void {
  const open = new Set(pulls.map(({ number }) => number));
  for (const number of kept.keys()) if (!open.has(number)) kept.delete(number);
}

/** One that cannot be judged keeps no other from it, and is said once. */
function tellOnce(
  { log }: PullCheckerDeps,
  troubles: Map<number, string>,
  { number }: PullStory,
  message: string,
): void {
  if (troubles.get(number) === message) return;
  troubles.set(number, message);
  const fields = { pull: String(number) };
  log.write({ level: 'warn', event: 'pull-not-checked', message, fields });
}

async function checkOne(
  deps: PullCheckerDeps,
  judged: Map<number, string>,
  { number, branch, head }: PullStory,
  main: Oid,
): Promise<void> {
  const tip = await deps.git.readRef(`refs/heads/${branch}`);
  const question = `${tip ?? head} ${main}`;
  if (judged.get(number) === question) return;
  const pull = await deps.forge.refresh(number, deps.actor);
  if (pull.state !== 'open') return;
  await say(deps, pull, await judgeOrExplain(deps, pull, main));
  judged.set(number, question);
}

/** What its author can mend is said to them; what may pass is tried again. */
async function judgeOrExplain(
  { judge }: PullCheckerDeps,
  { base, head, conflicts }: PullRequest,
  main: Oid,
): Promise<PullWords> {
  if (conflicts.length > 0) {
    return describeUnjudged(`main has changed the same files by now: ${conflicts.join(', ')}`);
  }
  try {
    return await judge({ base, main, head });
  } catch (error) {
    if (isCodedError(error) && error.remedy !== 'retry') {
      return describeUnjudged(`${error.code} ${error.message}`);
    }
    throw error;
  }
}

/** Adds only what says something new, so that a restart leaves no trace. */
async function say(
  { forge, actor }: PullCheckerDeps,
  pull: PullRequest,
  words: PullWords,
): Promise<void> {
  const { number, head } = pull;
  for (const { name, state, summary } of words.checks) {
    const last = pull.checks.findLast((check) => check.name === name && check.head === head);
    if (last?.state === state && last.summary === summary) continue;
    await forge.add(number, { type: 'check', head, name, state, summary }, actor);
  }
  const isSaid = ({ key, body }: PullComment) => key === COMMENT_KEY && body === words.comment;
  if (pull.comments.some(isSaid)) return;
  await forge.add(number, { type: 'comment', key: COMMENT_KEY, body: words.comment }, actor);
}
