import { isCodedError } from '../core/contracts/coded-error.ts';
import type { ErrorCode } from '../core/contracts/error-codes.ts';
import { MAIN_BRANCH, type Oid } from '../core/contracts/git.ts';
import type { NormalForm } from '../core/contracts/normal-form.ts';
import { chooseDesired } from '../core/plan/choose-desired.ts';
import { toPlatformRules } from '../core/plan/platform-rules.ts';
import type { RevisionJudgement } from '../core/spec/judge-revision.ts';
import { admitRevision } from './admission.ts';
import { checkCommitSignatures } from './commit-signatures.ts';
import type { StatusBoard } from './status-board.ts';
import type { TermState } from './term-state.ts';
import type { ZoneDeps } from './zone-deps.ts';

export type SourceFollower = {
  /** Admits the tip of main if it is new and acceptable; true when the admission changed. */
  readonly follow: () => Promise<boolean>;
  /** Judges the revision in force once more, because the world is not as it was then. */
  readonly admitAgain: () => Promise<void>;
};

/** Why a commit is not followed. */
type SourceFault = { readonly code: ErrorCode; readonly message: string };

const FROZEN: SourceFault = { code: 'P205', message: 'an invalid resource freezes the whole repo' };
const NO_MAIN: SourceFault = { code: 'P204', message: 'the platform repo has no main branch' };

export function createSourceFollower(
  deps: ZoneDeps,
  term: TermState,
  board: StatusBoard,
): SourceFollower {
  /** A tip that was refused is not judged again at every poll. */
  let refusedTip: Oid | null = null;

  const hold = (
    tip: Oid | null,
    fault: SourceFault,
    judgement: RevisionJudgement | null,
  ): false => {
    const why = `${fault.code} ${fault.message}`;
    refusedTip = tip;
    const revision = term.admission?.admission.revision ?? null;
    board.set({ source: { revision, held: why, diagnostics: judgement?.diagnostics ?? [] } });
    const fields = { zone: deps.zone, revision: tip ?? 'none' };
    deps.log.write({ level: 'warn', event: 'revision-held', message: why, fields });
    return false;
  };

  const admitTip = async (tip: Oid): Promise<boolean> => {
    const judgement = await deps.revisions.read(deps.git, tip);
    if (judgement.frozen) return hold(tip, FROZEN, judgement);
    const own = chooseDesired(deps.zone, judgement, term.admission?.desired ?? new Map());
    if (own.desired.length === 0) {
      const message = `nothing in this revision belongs to the zone ${deps.zone}`;
      return hold(tip, { code: 'P204', message }, judgement);
    }
    await admitRevision(deps, term, { revision: tip, ...own });
    const { diagnostics } = judgement;
    board.set({ source: { revision: tip, held: null, diagnostics }, isConverged: false });
    refusedTip = null;
    return true;
  };

  const follow = async (): Promise<boolean> => {
    const tip = await deps.git.readRef(MAIN_BRANCH);
    if (tip === refusedTip && tip !== null) return false;
    const admitted = term.admission?.admission ?? null;
    if (tip === null) return hold(null, NO_MAIN, null);
    if (tip === admitted?.revision) return showInForce(tip);
    if (admitted !== null) {
      const { revision } = admitted;
      if (!(await deps.git.isAncestor(revision, tip))) {
        const message = `main no longer contains ${revision.slice(0, 12)}, which is in force`;
        return hold(tip, { code: 'P408', message }, null);
      }
      const fault = await findSignatureFault(deps, admitted.desired, revision, tip);
      if (fault !== null) return hold(tip, fault, null);
    }
    return admitTip(tip);
  };

  /** After a restart the revision in force is known from the store, and what it says from Git. */
  const showInForce = async (revision: Oid): Promise<false> => {
    const { source } = board.read();
    if (source.revision === revision && source.held === null) return false;
    const { diagnostics } = await deps.revisions.read(deps.git, revision);
    board.set({ source: { revision, held: null, diagnostics } });
    refusedTip = null;
    return false;
  };

  const admitAgain = async (): Promise<void> => {
    const admission = term.admission?.admission;
    if (admission === undefined) return;
    const { revision, desired, heldBack } = admission;
    await admitRevision(deps, term, { revision, desired, heldBack });
  };

  return { follow, admitAgain };
}

async function findSignatureFault(
  deps: ZoneDeps,
  admittedForms: readonly NormalForm[],
  admitted: Oid,
  tip: Oid,
): Promise<SourceFault | null> {
  const rules = toPlatformRules(admittedForms);
  if (!rules.requireSignedCommits) return null;
  try {
    const { allowedSigners } = rules;
    await checkCommitSignatures(deps, { admitted, tip, allowedSigners });
    return null;
  } catch (error) {
    if (isCodedError(error, 'P409')) return error;
    throw error;
  }
}
