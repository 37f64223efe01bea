import { isCodedError } from '../core/contracts/coded-error.ts';
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

export function createSourceFollower(
  deps: ZoneDeps,
  term: TermState,
  board: StatusBoard,
): SourceFollower {
  /** A tip that was refused is not judged again at every poll. */
  let refusedTip: Oid | null = null;

  const hold = (tip: Oid | null, why: string, judgement: RevisionJudgement | null): false => {
    refusedTip = tip;
    const revision = term.admission?.admission.revision ?? null;
    board.set({ source: { revision, held: why, diagnostics: judgement?.diagnostics ?? [] } });
    const fields = { zone: deps.zone, revision: tip ?? 'none' };
    deps.log.write({ level: 'warn', event: 'revision-held', message: why, fields });
    return false;
  };

  const admitTip = async (tip: Oid): Promise<boolean> => {
    const judgement = await deps.revisions.read(deps.git, tip);
    if (judgement.frozen) return hold(tip, 'P205 an invalid resource freezes the repo', judgement);
    const own = chooseDesired(deps.zone, judgement, term.admission?.desired ?? new Map());
    if (own.desired.length === 0) {
      return hold(tip, `P204 nothing in this revision belongs to the zone ${deps.zone}`, judgement);
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
    if (tip === null) return hold(null, 'P204 the platform repo has no main branch', null);
    if (tip === admitted?.revision) return false;
    if (admitted !== null) {
      const { revision } = admitted;
      if (!(await deps.git.isAncestor(revision, tip))) {
        const why = `P408 main no longer contains ${revision.slice(0, 12)}, which is in force`;
        return hold(tip, why, null);
      }
      const why = await findSignatureFault(deps, admitted.desired, revision, tip);
      if (why !== null) return hold(tip, why, null);
    }
    return admitTip(tip);
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
): Promise<string | null> {
  const rules = toPlatformRules(admittedForms);
  if (!rules.requireSignedCommits) return null;
  try {
    const { allowedSigners } = rules;
    await checkCommitSignatures(deps, { admitted, tip, allowedSigners });
    return null;
  } catch (error) {
    if (isCodedError(error, 'P409')) return `P409 ${error.message}`;
    throw error;
  }
}
