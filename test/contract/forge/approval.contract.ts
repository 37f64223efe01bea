import { expect, it } from 'vitest';
import { MAIN_BRANCH, type Oid } from '../../../reconciler/core/contracts/git.ts';
import { APPROVAL_NAMESPACE } from '../../../reconciler/core/forge/approval-payload.ts';
import { judgeApproval } from '../../../reconciler/core/forge/judge-approval.ts';
import { ACTORS, type ForgeHarness, type Person, toLine } from './harness.ts';

const { you, reviewer, plumbline, stranger } = ACTORS;

export function describeApproval(harness: () => ForgeHarness): void {
  const open = async (by: Person = 'you') => {
    const head = await harness().push('raise-a', { 'a.yaml': 'a: 2\n' }, by);
    await harness().forge.open({ title: 'Raise a', body: '', branch: 'raise-a' }, ACTORS[by]);
    return head;
  };
  const approve = (head: Oid, actor = reviewer) =>
    harness().forge.add(1, { type: 'approve', head, body: 'good' }, actor);
  const judge = async (parent: Oid) => {
    const { git, forge, readMain } = harness();
    const { oid, tree } = await git.readCommit(await readMain());
    const candidates = await forge.listCandidates({ commit: oid, parent });
    return judgeApproval({ commit: { oid, tree }, candidates });
  };

  it('keeps who approved which head, with proof', async () => {
    const head = await open();
    const { reviews } = await approve(head);
    expect(reviews).toEqual([
      {
        by: 'reviewer@localhost',
        verdict: 'approve',
        head,
        body: 'good',
        at: '2026-06-01T12:00:00.000Z',
        isSelf: false,
        isStale: false,
        signature: expect.stringContaining('BEGIN SSH SIGNATURE'),
      },
    ]);
  });

  it('takes back an approval when the same person asks for changes', async () => {
    const { forge } = harness();
    const head = await open();
    await approve(head);
    const entry = { type: 'request-changes', head, body: 'no' } as const;
    const { reviews } = await forge.add(1, entry, reviewer);
    expect(reviews.map(({ by, verdict }) => [by, verdict])).toEqual([
      ['reviewer@localhost', 'request-changes'],
    ]);
  });

  it('records an approval by whoever had a part in the head as their own', async () => {
    const { push, forge } = harness();
    expect((await approve(await open(), you)).reviews[0]?.isSelf).toBe(true);
    const next = await push('raise-a', { 'b.yaml': 'b: 2\n' }, 'reviewer');
    await forge.refresh(1, plumbline);
    const { reviews } = await approve(next, reviewer);
    expect(reviews.map(({ by, isSelf, isStale }) => [by, isSelf, isStale])).toEqual([
      ['you@localhost', true, true],
      ['reviewer@localhost', true, false],
    ]);
  });

  it('refuses who may not approve, and another head than the present one', async () => {
    const { push, forge, readMain } = harness();
    const head = await open();
    for (const actor of [stranger, plumbline]) {
      await expect(approve(head, actor)).rejects.toMatchObject({ code: 'P417' });
    }
    await expect(approve(await readMain())).rejects.toMatchObject({ code: 'P418' });
    const next = await push('raise-a', { 'a.yaml': 'a: 3\n' });
    await expect(approve(head)).rejects.toMatchObject({ code: 'P418' });
    await forge.refresh(1, plumbline);
    await expect(approve(head)).rejects.toMatchObject({ code: 'P418' });
    expect((await approve(next)).reviews).toHaveLength(1);
  });

  it('makes every approval stale when the head moves, and none fresh when it comes back', async () => {
    const { push, forge, git } = harness();
    const head = await open();
    await approve(head);
    const next = await push('raise-a', { 'a.yaml': 'a: 3\n' });
    expect((await forge.refresh(1, plumbline)).reviews[0]?.isStale).toBe(true);
    await git.moveRef({ name: 'refs/heads/raise-a', expected: next, next: head });
    const back = await forge.refresh(1, plumbline);
    expect(back).toMatchObject({ head, reviews: [{ head, isStale: true }] });
  });

  it.each(['merge', 'squash'] as const)('knows that a %s is what was approved', async (method) => {
    const { forge, push } = harness();
    const head = await open();
    const parent = await push('main', { 'b.yaml': 'b: 2\n' });
    await approve(head);
    await forge.merge(1, { head, method }, you);
    expect(await judge(parent)).toMatchObject({
      state: 'approved',
      by: ['reviewer@localhost'],
      pull: 1,
    });
  });

  it('knows a merge by another hand, without any word about its origin', async () => {
    const { push, readMain, readFiles } = harness();
    const head = await open();
    await approve(head);
    const parent = await push('main', { 'b.yaml': 'b: 2\n' });
    // A rebase: the same change, made again on top of main.
    await push('main', { 'a.yaml': 'a: 2\n' });
    expect(await readFiles(await readMain())).toMatchObject({ 'a.yaml': 'a: 2\n' });
    expect(await judge(parent)).toMatchObject({ state: 'approved', pull: 1 });
  });

  it('knows a rebase of several commits by the parent of the first', async () => {
    const { push, forge, readMain } = harness();
    await open();
    const head = await push('raise-a', { 'a.yaml': 'a: 3\n' });
    await forge.refresh(1, plumbline);
    await approve(head);
    const parent = await readMain();
    await push('main', { 'a.yaml': 'a: 2\n' });
    await push('main', { 'a.yaml': 'a: 3\n' });
    expect(await judge(parent)).toMatchObject({ state: 'approved', pull: 1 });
  });

  it('misses the approval of what nobody looked at', async () => {
    const { forge, git, push, readMain } = harness();
    const parent = await readMain();
    await push('main', { 'b.yaml': 'direct\n' });
    expect(await judge(parent)).toMatchObject({ state: 'missing', by: [] });
    const head = await open();
    const before = await readMain();
    await forge.merge(1, { head, method: 'merge' }, you);
    expect(await judge(before)).toMatchObject({ state: 'missing', pull: 1 });
    // Approved, but something else came in with it.
    const next = await push('again', { 'b.yaml': 'b: 5\n' });
    await forge.open({ title: 't', body: '', branch: 'again' }, you);
    await forge.add(2, { type: 'approve', head: next, body: '' }, reviewer);
    const last = await readMain();
    await git.merge({
      branch: MAIN_BRANCH,
      expectedTip: last,
      head: await push('again', { 'c.yaml': 'smuggled' }),
      method: 'merge',
      draft: {
        message: 'Merge pull request #2\n',
        author: { name: 'you', email: 'you@localhost' },
        epochSeconds: 1,
      },
      signer: you.signer,
    });
    expect(await judge(last)).toMatchObject({ state: 'missing', pull: null });
  });

  it('counts an approval once, whoever makes the change again after it was taken back', async () => {
    const { forge, push, readMain } = harness();
    const head = await open();
    await approve(head);
    await forge.merge(1, { head, method: 'squash' }, you);
    const parent = await push('main', { 'a.yaml': 'a: 1\n' });
    await push('main', { 'a.yaml': 'a: 2\n' });
    expect(await readMain()).not.toBe(parent);
    expect(await judge(parent)).toMatchObject({ state: 'missing', pull: null });
  });

  it('takes an approval by an author for their own', async () => {
    const { forge, readMain } = harness();
    const head = await open();
    await approve(head, you);
    const parent = await readMain();
    await forge.merge(1, { head, method: 'merge' }, reviewer);
    expect(await judge(parent)).toMatchObject({ state: 'self', by: ['you@localhost'], pull: 1 });
  });

  it('asks for the right where the change began, and still', async () => {
    const { forge, push, readMain } = harness();
    const toSigners = (reviewerMay: string) =>
      [
        toLine('you', `git,${APPROVAL_NAMESPACE}`),
        toLine('reviewer', reviewerMay, ',valid-after="20260101Z"'),
        toLine('plumbline', 'git'),
        toLine('stranger', `git,${APPROVAL_NAMESPACE}`),
      ].join('\n');
    await push('main', { allowed_signers: toSigners(`git,${APPROVAL_NAMESPACE}`) });
    const head = await open();
    await approve(head);
    await approve(head, stranger);
    const parent = await readMain();
    await forge.merge(1, { head, method: 'merge' }, you);
    expect(await judge(parent)).toMatchObject({ by: ['reviewer@localhost', 'stranger@localhost'] });
    // The stranger had no right in the commit before.
    const [genesis] = (await harness().git.listFirstParents(parent, 9)).slice(-1);
    const candidates = await forge.listCandidates({
      commit: await readMain(),
      parent: genesis?.oid ?? '',
    });
    expect(candidates[0]?.approvals).toEqual([
      { by: 'reviewer@localhost', head, mayApprove: true },
      { by: 'stranger@localhost', head, mayApprove: false },
    ]);
  });
}
