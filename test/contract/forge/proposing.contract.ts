import { expect, it } from 'vitest';
import { ACTORS, type ForgeHarness } from './harness.ts';

const { you, reviewer, plumbline, stranger } = ACTORS;
const OPEN = ['open'] as const;
const ANY = ['open', 'merged', 'closed'] as const;
const propose = { title: 'Raise a', body: 'Because.', branch: 'raise-a' };

export function describeProposing(harness: () => ForgeHarness): void {
  it('opens a pull request for a branch, and reads it back', async () => {
    const { forge, push, readMain } = harness();
    const head = await push('raise-a', { 'a.yaml': 'a: 2\n' });
    const opened = await forge.open(propose, you);
    expect(opened).toMatchObject({
      number: 1,
      ...propose,
      author: 'you@localhost',
      head,
      base: await readMain(),
      state: 'open',
      isBehind: false,
      conflicts: [],
      authors: ['you@localhost'],
      openedAt: '2026-06-01T12:00:00.000Z',
      checks: [],
      comments: [],
      reviews: [],
    });
    expect(await forge.read(1)).toEqual(opened);
  });

  it('counts from 1 without gaps, and lists the newest first', async () => {
    const { forge, push } = harness();
    for (const branch of ['one', 'two', 'three']) {
      await push(branch, { [`${branch}.yaml`]: '1' });
      await forge.open({ title: branch, body: '', branch }, you);
    }
    await forge.add(2, { type: 'close', reason: 'not now' }, you);
    const numbers = async (states: Parameters<typeof forge.list>[0]['states'], maxCount = 9) =>
      (await forge.list({ states, maxCount })).pulls.map(({ number }) => number);
    expect(await numbers(ANY)).toEqual([3, 2, 1]);
    expect(await numbers(OPEN)).toEqual([3, 1]);
    expect(await numbers(['closed'])).toEqual([2]);
    expect(await numbers(ANY, 2)).toEqual([3, 2]);
    expect((await forge.read(2)).closed).toMatchObject({ reason: 'not now', by: 'you@localhost' });
  });

  it('gives every one of several opened at once a number of its own', async () => {
    const { forge, push } = harness();
    const branches = ['one', 'two', 'three'];
    for (const branch of branches) await push(branch, { [branch]: '1' });
    const opened = await Promise.all(
      branches.map((branch) => forge.open({ title: branch, body: '', branch }, you)),
    );
    expect(opened.map(({ number }) => number).sort()).toEqual([1, 2, 3]);
    expect(opened.map(({ branch }) => branch)).toEqual(branches);
  });

  it('refuses what cannot be proposed', async () => {
    const { forge, push, git, readMain } = harness();
    const open = (branch: string, change = {}) =>
      forge.open({ title: 't', body: '', branch, ...change }, you);
    await expect(open('nowhere')).rejects.toMatchObject({ code: 'P415' });
    await expect(open('../heads/x')).rejects.toMatchObject({ code: 'P415' });
    await expect(open('main')).rejects.toMatchObject({ code: 'P420' });
    await git.moveRef({ name: 'refs/heads/same', expected: null, next: await readMain() });
    await expect(open('same')).rejects.toMatchObject({ code: 'P420' });
    await push('raise-a', { 'a.yaml': 'a: 2\n' });
    await expect(open('raise-a', { title: '' })).rejects.toMatchObject({ code: 'P420' });
    await expect(open('raise-a', { title: 'two\nlines' })).rejects.toMatchObject({ code: 'P420' });
    await expect(open('raise-a', { title: 'x'.repeat(201) })).rejects.toMatchObject({
      code: 'P420',
    });
    await expect(open('raise-a', { body: 'x'.repeat(16_385) })).rejects.toMatchObject({
      code: 'P420',
    });
    await expect(forge.open(propose, stranger)).rejects.toMatchObject({ code: 'P417' });
    expect((await forge.list({ states: ANY, maxCount: 9 })).pulls).toEqual([]);
    await open('raise-a');
    await expect(open('raise-a')).rejects.toMatchObject({ code: 'P420' });
  });

  it('refuses a branch without a history in common with main', async () => {
    const { forge, git } = harness();
    await git.append({
      branch: 'refs/heads/alone',
      expectedTip: null,
      drafts: [
        {
          message: 'Alone\n',
          author: { name: 'you', email: 'you@localhost' },
          epochSeconds: 1,
          changes: [{ path: 'x', content: Buffer.from('1') }],
        },
      ],
      signer: you.signer,
    });
    await expect(forge.open({ title: 't', body: '', branch: 'alone' }, you)).rejects.toMatchObject({
      code: 'P420',
    });
  });

  it('knows no other number', async () => {
    const { forge } = harness();
    await expect(forge.read(1)).rejects.toMatchObject({ code: 'P415' });
    await expect(forge.refresh(7, plumbline)).rejects.toMatchObject({ code: 'P415' });
  });

  it('follows the branch when it is told to look', async () => {
    const { forge, push } = harness();
    const first = await push('raise-a', { 'a.yaml': 'a: 2\n' });
    await forge.open(propose, you);
    const second = await push('raise-a', { 'a.yaml': 'a: 3\n' }, 'reviewer');
    expect((await forge.read(1)).head).toBe(first);
    const refreshed = await forge.refresh(1, plumbline);
    expect(refreshed).toMatchObject({ head: second, pushers: ['plumbline@localhost'] });
    expect(refreshed.authors).toEqual([
      'plumbline@localhost',
      'reviewer@localhost',
      'you@localhost',
    ]);
    expect(await forge.refresh(1, plumbline)).toEqual(refreshed);
  });

  it('says when main went on, and which files cannot be joined', async () => {
    const { forge, push, readMain } = harness();
    const base = await readMain();
    await push('raise-a', { 'a.yaml': 'a: 2\n' });
    await forge.open(propose, you);
    await push('main', { 'b.yaml': 'b: 2\n' });
    expect(await forge.read(1)).toMatchObject({ isBehind: true, base, conflicts: [] });
    await push('main', { 'a.yaml': 'a: 9\n' });
    expect(await forge.read(1)).toMatchObject({ isBehind: true, conflicts: ['a.yaml'] });
  });

  it('keeps comments and checks, and lets a keyed comment be written anew', async () => {
    const { forge, push, clock } = harness();
    const head = await push('raise-a', { 'a.yaml': 'a: 2\n' });
    await forge.open(propose, you);
    const comment = (key: string | null, body: string, actor = plumbline) =>
      forge.add(1, { type: 'comment', key, body }, actor);
    await comment('plan', 'first plan');
    await comment(null, 'hello', you);
    await comment('plan', 'mine', reviewer);
    await clock.advance(60_000);
    await comment('plan', 'second plan');
    const check = { type: 'check', head, name: 'plan', summary: 'one change' } as const;
    await forge.add(1, { ...check, state: 'pending' }, plumbline);
    const pull = await forge.add(1, { ...check, state: 'success' }, plumbline);
    expect(pull.comments.map(({ key, body, by, editedAt }) => [key, body, by, editedAt])).toEqual([
      ['plan', 'second plan', 'plumbline@localhost', '2026-06-01T12:01:00.000Z'],
      [null, 'hello', 'you@localhost', null],
      ['plan', 'mine', 'reviewer@localhost', null],
    ]);
    expect(pull.checks).toEqual([
      {
        name: 'plan',
        head,
        state: 'success',
        summary: 'one change',
        by: 'plumbline@localhost',
        at: '2026-06-01T12:01:00.000Z',
      },
    ]);
  });

  it('loses nothing that several people add at once', async () => {
    const { forge, push } = harness();
    await push('raise-a', { 'a.yaml': 'a: 2\n' });
    await forge.open(propose, you);
    const bodies = ['1', '2', '3', '4'];
    await Promise.all(
      bodies.map((body) => forge.add(1, { type: 'comment', key: null, body }, you)),
    );
    const { comments } = await forge.read(1);
    expect(comments.map(({ body }) => body).sort()).toEqual(bodies);
  });

  it('takes nothing more once it is closed', async () => {
    const { forge, push } = harness();
    const head = await push('raise-a', { 'a.yaml': 'a: 2\n' });
    await forge.open(propose, you);
    const closed = await forge.add(1, { type: 'close', reason: '' }, you);
    expect(closed.state).toBe('closed');
    const late = [
      { type: 'comment', key: null, body: 'late' },
      { type: 'close', reason: '' },
      { type: 'approve', head, body: '' },
    ] as const;
    for (const entry of late) {
      await expect(forge.add(1, entry, reviewer)).rejects.toMatchObject({ code: 'P420' });
    }
    await expect(forge.merge(1, { head, method: 'merge' }, you)).rejects.toMatchObject({
      code: 'P420',
    });
    await push('raise-a', { 'a.yaml': 'a: 3\n' });
    expect(await forge.refresh(1, plumbline)).toEqual(closed);
    // The branch is free to be proposed again.
    expect(await forge.open(propose, you)).toMatchObject({ number: 2 });
  });
}
