import { expect, it } from 'vitest';
import type { Oid } from '../../../reconciler/core/contracts/git.ts';
import { appendOne, type GitHarness, LIMITS, MISSING, writeCommit, writeTree } from './harness.ts';

export function describeListTree(harness: () => GitHarness): void {
  const blob = () => harness().writeObject('blob', Buffer.from('hello'));
  const commitOf = async (lines: Parameters<typeof writeTree>[1]): Promise<Oid> =>
    writeCommit(harness(), { tree: await writeTree(harness(), lines) });

  it('lists everything below the root, sorted by path, with sizes', async () => {
    const commit = await appendOne(harness(), null, {
      'b/c': '123',
      'b.a': '1',
      'b-a': '',
      a: '12',
      'b/a/z': '1234',
      'ü/ö': 'ä',
    });
    const entries = await harness().git.listTree(commit, LIMITS);
    expect(entries.map(({ path, type, sizeBytes }) => [path, type, sizeBytes])).toEqual([
      ['a', 'file', 2],
      ['b-a', 'file', 0],
      ['b.a', 'file', 1],
      ['b/a/z', 'file', 4],
      ['b/c', 'file', 3],
      ['ü/ö', 'file', 2],
    ]);
  });

  it('reports links and submodules as what they are', async () => {
    const oid = await blob();
    const commit = await commitOf([
      ['100755', 'executable', oid],
      ['120000', 'link', oid],
      ['160000', 'submodule', MISSING],
    ]);
    expect(await harness().git.listTree(commit, LIMITS)).toEqual([
      { path: 'executable', oid, type: 'file', sizeBytes: 5 },
      { path: 'link', oid, type: 'symlink', sizeBytes: 5 },
      { path: 'submodule', oid: MISSING, type: 'submodule', sizeBytes: 0 },
    ]);
  });

  it('stops at its limits', async () => {
    const { git } = harness();
    const commit = await appendOne(harness(), null, { 'ab/cd': '1', 'ab/ef': '2' });
    expect(await git.listTree(commit, { maxEntries: 3, maxPathBytes: 5 })).toHaveLength(2);
    const few = git.listTree(commit, { maxEntries: 2, maxPathBytes: 5 });
    await expect(few).rejects.toMatchObject({ code: 'P107' });
    const short = git.listTree(commit, { maxEntries: 3, maxPathBytes: 4 });
    await expect(short).rejects.toMatchObject({ code: 'P107' });
  });

  it.each(['with files', 'of folders alone'])('refuses a tree bomb %s', async (kind) => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
    let tree = await writeTree(harness(), []);
    if (kind === 'with files') tree = await writeTree(harness(), [['100644', 'x', await blob()]]);
    for (let depth = 0; depth < 10; depth += 1) {
      const inner = tree;
      tree = await writeTree(
        harness(),
        names.map((name) => ['40000', name, inner]),
      );
    }
    const commit = await writeCommit(harness(), { tree });
    const listing = harness().git.listTree(commit, LIMITS);
    await expect(listing).rejects.toMatchObject({ code: 'P107' });
  });

  it('refuses a tree that is deeper than any path', async () => {
    let tree = await writeTree(harness(), [['100644', 'x', await blob()]]);
    for (let depth = 0; depth < 600; depth += 1) {
      tree = await writeTree(harness(), [['40000', 'd', tree]]);
    }
    const listing = harness().git.listTree(await writeCommit(harness(), { tree }), LIMITS);
    await expect(listing).rejects.toMatchObject({ code: 'P107' });
  });

  it.each([
    ['..'],
    ['.'],
    ['.git'],
    ['.GiT'],
    [''],
    ['a\nb'],
    ['a\u001b[2J'],
    ['\u007f'],
    [Buffer.from([0x61, 0xff])],
    [Buffer.from([0xc0, 0xaf])],
  ])('refuses an entry named %j', async (name) => {
    const oid = await blob();
    const listing = (mode: string) =>
      commitOf([[mode, name, oid]]).then((commit) => harness().git.listTree(commit, LIMITS));
    // Git itself takes an entry without a name for a damaged tree.
    const code = name === '' ? 'P404' : 'P107';
    await expect(listing('100644')).rejects.toMatchObject({ code });
  });

  it('refuses two entries of one name', async () => {
    const commit = await commitOf([
      ['100644', 'a', await blob()],
      ['100644', 'a', await harness().writeObject('blob', Buffer.from('other'))],
    ]);
    await expect(harness().git.listTree(commit, LIMITS)).rejects.toMatchObject({ code: 'P107' });
  });

  it('throws for a commit that is missing or none, and for a missing folder', async () => {
    const { git } = harness();
    for (const oid of [MISSING, await blob(), 'main']) {
      await expect(git.listTree(oid, LIMITS)).rejects.toMatchObject({ code: 'P404' });
    }
    const cut = await commitOf([['40000', 'a', MISSING]]);
    await expect(git.listTree(cut, LIMITS)).rejects.toMatchObject({ code: 'P404' });
  });
}
