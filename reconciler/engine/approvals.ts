import { CodedError, isCodedError } from '../core/contracts/coded-error.ts';
import { digestJson } from '../core/contracts/digest.ts';
import type { Oid } from '../core/contracts/git.ts';
import type { Json } from '../core/contracts/json.ts';
import { type ApprovalCandidate, judgeApproval } from '../core/forge/judge-approval.ts';
import { judgeHistory } from '../core/forge/judge-history.ts';
import type { AdmittedApproval } from '../core/plan/admission.ts';
import { type RequiredApprovals, toRequiredApprovals } from '../core/plan/platform-rules.ts';
import type { CommitInfo } from '../ports/git.ts';
import type { ZoneDeps } from './zone-deps.ts';

/** A push of more commits than this at once is refused where approvals are asked for. */
const MAX_UNJUDGED_COMMITS = 1_000;

type History = { readonly admitted: Oid; readonly tip: Oid };

/**
 * Throws P421 unless every commit since the admitted one was approved as its parent asked, or
 * nothing is left of those that were not.
 */
export async function checkApprovals(deps: ZoneDeps, { admitted, tip }: History): Promise<void> {
  if (admitted === tip || !(await isAsked(deps, { admitted, tip }))) return;
  const commits = await listSince(deps, { admitted, tip });
  const [from] = commits;
  const judgement = await judgeHistory(
    from.tree,
    commits.slice(1).map((commit) => toHistoryCommit(deps, commit)),
  );
  if (judgement.state === 'refused') throw refuse(judgement.oid, judgement.why);
}

/** Under a rule that asks for nothing, and still does, anybody may push anything. */
async function isAsked(deps: ZoneDeps, { admitted, tip }: History): Promise<boolean> {
  const rules = [await readRule(deps, admitted), await readRule(deps, tip)];
  return rules.some((rule) => rule !== null && rule !== 'none');
}

/** From the admitted commit to the tip, both included. */
async function listSince(
  { git }: ZoneDeps,
  { admitted, tip }: History,
): Promise<readonly [CommitInfo, ...CommitInfo[]]> {
  const commits = await git.listFirstParents(tip, MAX_UNJUDGED_COMMITS + 1);
  const end = commits.findIndex((commit) => commit.oid === admitted);
  const [from, ...since] = commits.slice(0, end + 1).reverse();
  if (from !== undefined) return [from, ...since];
  const why = `${shorten(admitted)} is not among the last ${MAX_UNJUDGED_COMMITS} first parents`;
  throw refuse(tip, why);
}

function toHistoryCommit(deps: ZoneDeps, commit: CommitInfo) {
  const { oid, tree } = commit;
  const [parent] = commit.parents;
  return {
    oid,
    tree,
    readRule: async () => (parent === undefined ? null : readRule(deps, parent)),
    readJudgement: async () => {
      const candidates = await listCandidates(deps, commit);
      return judgeApproval({ commit: { oid, tree }, candidates });
    },
  };
}

/** Null where a mistake keeps the Platform of a commit from coming into force. */
async function readRule(deps: ZoneDeps, commit: Oid): Promise<RequiredApprovals | null> {
  const { valid, frozen } = await deps.revisions.read(deps.git, commit);
  return frozen ? null : toRequiredApprovals(valid.map(({ form }) => form));
}

async function listCandidates(
  { forge }: ZoneDeps,
  { oid, parents }: CommitInfo,
): Promise<readonly ApprovalCandidate[]> {
  const [parent] = parents;
  if (forge === null || parent === undefined) return [];
  return forge.listCandidates({ commit: oid, parent });
}

/** What the ledger will say of the approval of a revision; undefined when no pull request led to it. */
export async function readApproval(
  deps: ZoneDeps,
  tip: Oid,
): Promise<AdmittedApproval | undefined> {
  const commit = await deps.git.readCommit(tip);
  const candidates = await listKnownCandidates(deps, commit);
  const { state, by, pull } = judgeApproval({ commit, candidates });
  const candidate = candidates.find(({ number }) => number === pull);
  if (candidate === undefined) return undefined;
  const digest = digestJson(candidate as unknown as Json);
  return {
    pull: String(candidate.number),
    state,
    approvals: by.map((person) => ({ by: state === 'self' ? `${person} (self)` : person, digest })),
  };
}

/** Where nothing is asked for, a forge that cannot be believed keeps nobody from going on. */
async function listKnownCandidates(
  deps: ZoneDeps,
  commit: CommitInfo,
): Promise<readonly ApprovalCandidate[]> {
  try {
    return await listCandidates(deps, commit);
  } catch (error) {
    if (isCodedError(error) && error.remedy !== 'retry') return [];
    throw error;
  }
}

function refuse(commit: Oid, why: string): CodedError {
  const message = `commit ${shorten(commit)} of main has not the approval that is asked for: ${why}`;
  return new CodedError('P421', message, { details: { commit } });
}

function shorten(oid: Oid): string {
  return oid.slice(0, 12);
}
