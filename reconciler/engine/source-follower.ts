import { MAIN_BRANCH, type Oid } from '../core/contracts/git.ts';
import { chooseDesired } from '../core/plan/choose-desired.ts';
import type { RevisionJudgement } from '../core/spec/judge-revision.ts';
import { admitRevision } from './admission.ts';
import { readApproval } from './approvals.ts';
import {
  FROZEN,
  findSourceFault,
  isFault,
  NO_MAIN,
  readJudgement,
  type SourceFault,
} from './source-fault.ts';
import type { StatusBoard } from './status-board.ts';
import type { TermState } from './term-state.ts';
import type { ZoneDeps } from './zone-deps.ts';

export type SourceFollower = {
  /** Admits the tip of main if it is new and acceptable; true when the admission changed. */
  readonly follow: () => Promise<boolean>;
  /**
   * Judges the revision in force once more, because the world is not as it was then; true when
   * that gave another judgement.
   */
  readonly admitAgain: () => Promise<boolean>;
};

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
    const diagnostics = judgement?.diagnostics ?? [];
    board.set({ source: { revision, judged: tip, held: why, diagnostics } });
    const fields = { zone: deps.zone, revision: tip ?? 'none' };
    deps.log.write({ level: 'warn', event: 'revision-held', message: why, fields });
    return false;
  };

  const admitTip = async (tip: Oid): Promise<boolean> => {
    const judgement = await readJudgement(deps, tip);
    if (isFault(judgement)) return hold(tip, judgement, null);
    if (judgement.frozen) return hold(tip, FROZEN, judgement);
    const own = chooseDesired(deps.zone, judgement, term.admission?.desired ?? new Map());
    if (own.desired.length === 0) {
      const message = `nothing in this revision belongs to the zone ${deps.zone}`;
      return hold(tip, { code: 'P204', message }, judgement);
    }
    const approval = await readApproval(deps, tip);
    await admitRevision(deps, term, { revision: tip, ...own, approval });
    const { diagnostics } = judgement;
    const source = { revision: tip, judged: tip, held: null, diagnostics };
    board.set({ source, isConverged: false });
    refusedTip = null;
    return true;
  };

  const follow = async (): Promise<boolean> => {
    const tip = await deps.git.readRef(MAIN_BRANCH);
    if (tip === null) return hold(null, NO_MAIN, null);
    if (tip === refusedTip) return false;
    const admitted = term.admission?.admission ?? null;
    if (tip === admitted?.revision) return showInForce(tip);
    const fault = await findSourceFault(deps, admitted, tip);
    return fault === null ? admitTip(tip) : hold(tip, fault, null);
  };

  /** After a restart the revision in force is known from the store, and what it says from Git. */
  const showInForce = async (revision: Oid): Promise<false> => {
    const { source } = board.read();
    if (source.revision === revision && source.held === null) return false;
    const { diagnostics } = await deps.revisions.read(deps.git, revision);
    board.set({ source: { revision, judged: revision, held: null, diagnostics } });
    refusedTip = null;
    return false;
  };

  const admitAgain = async (): Promise<boolean> => {
    const admission = term.admission?.admission;
    if (admission === undefined) return false;
    const { revision, desired, heldBack, approval } = admission;
    return admitRevision(deps, term, { revision, desired, heldBack, approval });
  };

  return { follow, admitAgain };
}
