import { isCodedError } from '../core/contracts/coded-error.ts';
import type { ErrorCode } from '../core/contracts/error-codes.ts';
import type { Oid } from '../core/contracts/git.ts';
import type { Admission } from '../core/plan/admission.ts';
import { toPlatformRules } from '../core/plan/platform-rules.ts';
import type { RevisionJudgement } from '../core/spec/judge-revision.ts';
import type { GitReader } from '../ports/git.ts';
import { checkApprovals } from './approvals.ts';
import { checkCommitSignatures } from './commit-signatures.ts';
import type { RevisionReader } from './revision-reader.ts';
import type { ZoneDeps } from './zone-deps.ts';

/** Why a commit is not followed. */
export type SourceFault = { readonly code: ErrorCode; readonly message: string };

export const NO_MAIN: SourceFault = {
  code: 'P204',
  message: 'the platform repo has no main branch',
};

export const FROZEN: SourceFault = {
  code: 'P205',
  message: 'an invalid resource freezes the whole repo',
};

/** What forbids going from the admitted revision, if there is one, to this tip. */
export async function findSourceFault(
  deps: ZoneDeps,
  admitted: Admission | null,
  tip: Oid,
): Promise<SourceFault | null> {
  if (admitted === null) return findFirstFault(deps, tip);
  const { revision, desired } = admitted;
  const { allowedSigners, requireSignedCommits } = toPlatformRules(desired);
  const history = { admitted: revision, tip, allowedSigners };
  return findHistoryFault(deps, history, requireSignedCommits);
}

async function findHistoryFault(
  deps: ZoneDeps,
  history: { readonly admitted: Oid; readonly tip: Oid; readonly allowedSigners: string },
  requireSignedCommits: boolean,
): Promise<SourceFault | null> {
  if (!(await deps.git.isAncestor(history.admitted, history.tip))) {
    const message = `main no longer contains ${history.admitted.slice(0, 12)}, which is in force`;
    return { code: 'P408', message };
  }
  const unapproved = await faultOf(() => checkApprovals(deps, history));
  if (unapproved !== null || !requireSignedCommits) return unapproved;
  return faultOf(() => checkCommitSignatures(deps, history));
}

/**
 * What forbids beginning with this tip in a zone that has admitted nothing yet. Without an admitted
 * revision the first commit stands in for it: a commit that adds a zone must not bring unsigned
 * content into force there, when the first commit or its own Platform asks for signatures.
 */
async function findFirstFault(deps: ZoneDeps, tip: Oid): Promise<SourceFault | null> {
  const { genesis } = deps;
  if (genesis === null) return null;
  const judgements = [await readJudgement(deps, genesis), await readJudgement(deps, tip)];
  const platforms = judgements
    .flatMap((judgement) => (isFault(judgement) ? [] : judgement.valid))
    .map((resource) => resource.form)
    .filter((form) => form.kind === 'Platform');
  const rules = platforms.map((form) => toPlatformRules([form]));
  const asks = rules.some(({ requireSignedCommits }) => requireSignedCommits);
  const { allowedSigners } = toPlatformRules(platforms);
  return findHistoryFault(deps, { admitted: genesis, tip, allowedSigners }, asks);
}

/** A commit that cannot be read within the limits is its author's fault, and stops nobody else. */
export async function readJudgement(
  deps: { readonly git: GitReader; readonly revisions: RevisionReader },
  tip: Oid,
): Promise<RevisionJudgement | SourceFault> {
  const read: { judgement: RevisionJudgement | null } = { judgement: null };
  const fault = await faultOf(async () => {
    read.judgement = await deps.revisions.read(deps.git, tip);
  });
  if (fault !== null) return fault;
  if (read.judgement === null) throw new Error('a revision without fault has a judgement');
  return read.judgement;
}

export function isFault(value: RevisionJudgement | SourceFault): value is SourceFault {
  return 'code' in value;
}

const FAULT_CODES: readonly ErrorCode[] = ['P104', 'P105', 'P107', 'P409', 'P421'];

async function faultOf(work: () => Promise<void>): Promise<SourceFault | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (isCodedError(error) && FAULT_CODES.includes(error.code)) return error;
    throw error;
  }
}
