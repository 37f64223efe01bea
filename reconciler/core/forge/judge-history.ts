import type { Oid } from '../contracts/git.ts';
import type { RequiredApprovals } from '../plan/platform-rules.ts';
import type { ApprovalJudgement } from './judge-approval.ts';

/** One commit of main, with what is known of it when it is asked for. */
export type HistoryCommit = {
  readonly oid: Oid;
  readonly tree: Oid;
  /**
   * What main asked for before this commit; null where a mistake kept that from coming into force,
   * so that what was asked for before still holds.
   */
  readonly readRule: () => Promise<RequiredApprovals | null>;
  readonly readJudgement: () => Promise<ApprovalJudgement>;
};

export type HistoryJudgement =
  | { readonly state: 'approved' }
  | { readonly state: 'refused'; readonly oid: Oid; readonly why: string };

/**
 * Whether main may be followed to its newest commit. One that lacks its approval spoils all that
 * comes after it, since whoever approved those saw only their own changes, until main holds again
 * exactly what was approved: then nothing is left of it.
 */
export async function judgeHistory(
  approvedTree: Oid,
  commits: readonly HistoryCommit[],
): Promise<HistoryJudgement> {
  const approved = new Set([approvedTree]);
  let fault: Extract<HistoryJudgement, { state: 'refused' }> | null = null;
  let rule: RequiredApprovals = 'none';
  for (const commit of commits) {
    if (approved.has(commit.tree)) fault = null;
    if (fault !== null || approved.has(commit.tree)) continue;
    rule = (await commit.readRule()) ?? rule;
    const why = await findFault(commit, rule);
    if (why === null) approved.add(commit.tree);
    else fault = { state: 'refused', oid: commit.oid, why };
  }
  return fault ?? { state: 'approved' };
}

async function findFault(commit: HistoryCommit, rule: RequiredApprovals): Promise<string | null> {
  if (rule === 'none') return null;
  const { state, why } = await commit.readJudgement();
  if (state === 'approved' || (state === 'self' && rule === 'self')) return null;
  return why;
}
