import { describe, expect, it } from 'vitest';
import type { ApprovalJudgement } from '../../../reconciler/core/forge/judge-approval.ts';
import { type HistoryCommit, judgeHistory } from '../../../reconciler/core/forge/judge-history.ts';
import type { RequiredApprovals } from '../../../reconciler/core/plan/platform-rules.ts';

const toCommit = (
  tree: string,
  state: ApprovalJudgement['state'],
  rule: RequiredApprovals | null = 'other',
): HistoryCommit => ({
  oid: `commit-${tree}`,
  tree,
  readRule: async () => rule,
  readJudgement: async () => ({ state, by: [], pull: null, why: `it is ${state}` }),
});

const judge = (...commits: readonly HistoryCommit[]) => judgeHistory('start', commits);
const APPROVED = { state: 'approved' };

describe('a history of main', () => {
  it('is followed when every commit has the approval that was asked for before it', async () => {
    expect(await judge()).toEqual(APPROVED);
    expect(await judge(toCommit('a', 'approved'), toCommit('b', 'approved'))).toEqual(APPROVED);
    expect(await judge(toCommit('a', 'self', 'self'))).toEqual(APPROVED);
    expect(await judge(toCommit('a', 'missing', 'none'))).toEqual(APPROVED);
  });

  it('is refused at the first that has not', async () => {
    const refused = { state: 'refused', oid: 'commit-a', why: 'it is missing' };
    expect(await judge(toCommit('a', 'missing'))).toEqual(refused);
    expect(await judge(toCommit('a', 'missing', 'self'))).toEqual(refused);
    expect(await judge(toCommit('a', 'self'))).toMatchObject({ oid: 'commit-a' });
  });

  it('keeps the rule of before where a mistake kept another from coming into force', async () => {
    expect(await judge(toCommit('a', 'missing', null))).toEqual(APPROVED);
    expect(await judge(toCommit('a', 'approved'), toCommit('b', 'missing', null))).toMatchObject({
      oid: 'commit-b',
    });
  });

  it('is not mended by an approval of what comes after, nor by a lower rule', async () => {
    expect(await judge(toCommit('a', 'missing'), toCommit('b', 'approved'))).toMatchObject({
      oid: 'commit-a',
    });
    expect(await judge(toCommit('a', 'missing'), toCommit('b', 'missing', 'none'))).toMatchObject({
      oid: 'commit-a',
    });
  });

  it('is mended by going back to what was approved, now or before', async () => {
    expect(await judge(toCommit('a', 'missing'), toCommit('start', 'missing'))).toEqual(APPROVED);
    const back = [toCommit('a', 'approved'), toCommit('b', 'missing'), toCommit('a', 'missing')];
    expect(await judge(...back)).toEqual(APPROVED);
    expect(await judge(...back, toCommit('c', 'missing'))).toMatchObject({ oid: 'commit-c' });
  });
});
