import { expect, it } from 'vitest';
import { MAIN_BRANCH } from '../../../reconciler/core/contracts/git.ts';
import { ACTORS, type ForgeHarness } from './harness.ts';

const { you, reviewer, plumbline, stranger } = ACTORS;

export function describeMerging(harness: () => ForgeHarness): void {
  const open = async (branch = 'raise-a', text = 'a: 2\n') => {
    const head = await harness().push(branch, { 'a.yaml': text });
    const { number } = await harness().forge.open({ title: 'Raise a', body: '', branch }, you);
    return { head, number };
  };

  it('merges the head into main as a commit with two parents', async () => {
    const { forge, git, readMain, readFiles, push } = harness();
    const { head } = await open();
    const before = await push('main', { 'b.yaml': 'b: 2\n' });
    await forge.add(1, { type: 'approve', head, body: '' }, reviewer);
    const pull = await forge.merge(1, { head, method: 'merge' }, you);
    const commit = await readMain();
    expect(pull).toMatchObject({
      state: 'merged',
      isBehind: false,
      merged: { commit, method: 'merge', by: 'you@localhost' },
    });
    const { parents, message } = await git.readCommit(commit);
    expect(parents).toEqual([before, head]);
    expect(message).toBe(
      [
        'Raise a',
        '',
        `Pull request 1 at ${head.slice(0, 12)}.`,
        '',
        'Plumbline-Pull: 1',
        `Plumbline-Head: ${head}`,
        'Approved-By: reviewer@localhost',
        '',
      ].join('\n'),
    );
    expect(await readFiles(commit)).toMatchObject({ 'a.yaml': 'a: 2\n', 'b.yaml': 'b: 2\n' });
  });

  it('squashes the head into one commit of main', async () => {
    const { forge, git, readMain, readFiles, push } = harness();
    const before = await readMain();
    await open();
    const head = await push('raise-a', { 'c.yaml': 'c: 1\n' });
    await forge.refresh(1, plumbline);
    await forge.merge(1, { head, method: 'squash' }, you);
    const commit = await readMain();
    expect((await git.readCommit(commit)).parents).toEqual([before]);
    expect(await readFiles(commit)).toMatchObject({ 'a.yaml': 'a: 2\n', 'c.yaml': 'c: 1\n' });
  });

  it('names the files that main changed too, and changes nothing', async () => {
    const { forge, readMain, push } = harness();
    const { head } = await open();
    const main = await push('main', { 'a.yaml': 'a: 9\n' });
    const merging = forge.merge(1, { head, method: 'merge' }, you);
    await expect(merging).rejects.toMatchObject({
      code: 'P419',
      message: expect.stringContaining('a.yaml'),
    });
    expect(await readMain()).toBe(main);
    expect((await forge.read(1)).state).toBe('open');
  });

  it('refuses a head that is not the one that was looked at', async () => {
    const { forge, readMain, push } = harness();
    const main = await readMain();
    const { head } = await open();
    const next = await push('raise-a', { 'a.yaml': 'a: 3\n' });
    const merge = (oid: string) => forge.merge(1, { head: oid, method: 'merge' }, you);
    // Nobody wrote down yet that the branch moved.
    await expect(merge(head)).rejects.toMatchObject({ code: 'P418' });
    await expect(merge(next)).rejects.toMatchObject({ code: 'P418' });
    await forge.refresh(1, plumbline);
    await expect(merge(head)).rejects.toMatchObject({ code: 'P418' });
    expect(await readMain()).toBe(main);
    expect((await merge(next)).state).toBe('merged');
  });

  it('refuses a stranger', async () => {
    const { forge, readMain } = harness();
    const main = await readMain();
    const { head } = await open();
    await expect(forge.merge(1, { head, method: 'merge' }, stranger)).rejects.toMatchObject({
      code: 'P417',
    });
    expect(await readMain()).toBe(main);
  });

  it('may be asked again, and merges once', async () => {
    const { forge, readMain } = harness();
    const { head } = await open();
    const first = await forge.merge(1, { head, method: 'squash' }, you);
    const main = await readMain();
    expect(await forge.merge(1, { head, method: 'squash' }, you)).toEqual(first);
    expect(await readMain()).toBe(main);
  });

  it('finds what was merged before the log could say so', async () => {
    const { forge, git, readMain } = harness();
    const { head } = await open();
    const message = `Raise a\n\nPlumbline-Pull: 1\nPlumbline-Head: ${head}\n`;
    const author = { name: 'you', email: 'you@localhost' };
    const merged = await git.merge({
      branch: MAIN_BRANCH,
      expectedTip: await readMain(),
      head,
      method: 'squash',
      draft: { message, author, epochSeconds: 1_700_000_000 },
      signer: you.signer,
    });
    expect(merged.state).toBe('merged');
    const main = await readMain();
    const pull = await forge.merge(1, { head, method: 'squash' }, you);
    expect(pull.merged?.commit).toBe(main);
    expect(await readMain()).toBe(main);
  });

  it('takes a head that somebody brought into main by hand as merged', async () => {
    const { forge, git, readMain, push } = harness();
    await push('main', { 'b.yaml': 'b: 2\n' });
    const { head } = await open();
    await git.moveRef({ name: MAIN_BRANCH, expected: await readMain(), next: head });
    await push('main', { 'b.yaml': 'b: 3\n' });
    const main = await push('main', { 'b.yaml': 'b: 4\n' });
    const pull = await forge.merge(1, { head, method: 'merge' }, you);
    expect(pull).toMatchObject({ state: 'merged', merged: { commit: head } });
    expect(await readMain()).toBe(main);
  });

  it('merges what several people merge at once, each once', async () => {
    const { forge, git, push, readMain, readFiles } = harness();
    const numbers = [1, 2, 3];
    const heads: string[] = [];
    for (const number of numbers) {
      heads.push(await push(`branch-${number}`, { [`new-${number}.yaml`]: '1' }));
      await forge.open({ title: 't', body: '', branch: `branch-${number}` }, you);
    }
    await Promise.all(
      numbers.map((number) =>
        forge.merge(number, { head: heads[number - 1] ?? '', method: 'merge' }, you),
      ),
    );
    const main = await readMain();
    expect(Object.keys(await readFiles(main)).filter((path) => path.startsWith('new-'))).toEqual([
      'new-1.yaml',
      'new-2.yaml',
      'new-3.yaml',
    ]);
    expect(await git.listFirstParents(main, 10)).toHaveLength(4);
  });

  it('still reads a merged one when main went on and the branch is used again', async () => {
    const { forge, push, readMain } = harness();
    const base = await readMain();
    const { head } = await open();
    const merged = await forge.merge(1, { head, method: 'merge' }, you);
    await push('main', { 'a.yaml': 'a: 7\n' });
    await push('raise-a', { 'a.yaml': 'a: 8\n' });
    expect(await forge.read(1)).toEqual(merged);
    expect(await forge.refresh(1, plumbline)).toEqual(merged);
    expect(merged).toMatchObject({ base, authors: ['you@localhost'] });
  });
}
