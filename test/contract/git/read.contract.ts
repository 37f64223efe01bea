import { expect, it } from 'vitest';
import type { Oid } from '../../../reconciler/core/contracts/git.ts';
import { appendOne, BRANCH, type GitHarness, MISSING, writeCommit, writeTree } from './harness.ts';

export function describeRead(harness: () => GitHarness): void {
  it('knows no reference that is not there, and refuses names that are none', async () => {
    const { git } = harness();
    expect(await git.readRef('refs/heads/main')).toBeNull();
    await writeCommit(harness()).then((oid) => harness().setRef(BRANCH, oid));
    expect(await git.readRef('refs/heads/plumbline/audit')).toBeNull();
    for (const name of ['HEAD', 'refs/heads/../../HEAD', 'refs/', 'refs/heads/main\n'] as never[]) {
      await expect(git.readRef(name)).rejects.toMatchObject({ code: 'P404' });
    }
  });

  it('does not name a commit that is missing or none', async () => {
    const { git, setRef, writeObject } = harness();
    await setRef('refs/heads/gone', MISSING);
    await expect(git.readRef('refs/heads/gone')).rejects.toMatchObject({ code: 'P404' });
    await setRef('refs/heads/blob', await writeObject('blob', Buffer.from('x')));
    await expect(git.readRef('refs/heads/blob')).rejects.toMatchObject({ code: 'P404' });
  });

  it('reads blobs of any content, each once', async () => {
    const { git, writeObject } = harness();
    const contents = ['', '\n', 'a\n\0b', 'x'.repeat(300_000)].map((text) => Buffer.from(text));
    contents.push(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));
    const oids: Oid[] = [];
    for (const content of contents) oids.push(await writeObject('blob', content));
    const blobs = await git.readBlobs([...oids, ...oids], 300_000);
    expect(blobs.size).toBe(contents.length);
    for (const [index, oid] of oids.entries()) {
      expect(Buffer.from(blobs.get(oid) as Uint8Array).equals(contents[index] as Buffer)).toBe(
        true,
      );
    }
    expect((await git.readBlobs([], 1)).size).toBe(0);
  });

  it('refuses blobs that are too large, missing, or no blobs, and reads on afterwards', async () => {
    const { git, writeObject } = harness();
    const small = await writeObject('blob', Buffer.from('12345'));
    const tree = await writeTree(harness(), []);
    await expect(git.readBlobs([small], 4)).rejects.toMatchObject({ code: 'P104' });
    for (const oid of [MISSING, tree, 'HEAD', `${small}\n${small}`, '--help']) {
      await expect(git.readBlobs([small, oid], 5)).rejects.toMatchObject({ code: 'P404' });
    }
    expect((await git.readBlobs([small], 5)).size).toBe(1);
  });

  it('reads one file of each of many commits', async () => {
    const { git } = harness();
    const first = await appendOne(harness(), null, { 'a/b.json': '1', 'ü x': '2' });
    const second = await appendOne(harness(), first, { 'a/b.json': '3' });
    const files = await git.readFiles(
      [
        { commit: second, path: 'a/b.json' },
        { commit: first, path: 'a/b.json' },
        { commit: first, path: 'ü x' },
        { commit: first, path: 'a' },
        { commit: first, path: 'a/b.json/c' },
        { commit: first, path: 'none' },
      ],
      1,
    );
    const texts = files.map((bytes) => (bytes === null ? null : Buffer.from(bytes).toString()));
    expect(texts).toEqual(['3', '1', '2', null, null, null]);
    expect(await git.readFiles([], 1)).toEqual([]);
  });

  it('refuses files of missing commits, too large ones, and paths that are none', async () => {
    const { git } = harness();
    const commit = await appendOne(harness(), null, { a: '12' });
    const read = (oid: Oid, path: string) => git.readFiles([{ commit: oid, path }], 1);
    await expect(read(commit, 'a')).rejects.toMatchObject({ code: 'P104' });
    await expect(read(MISSING, 'a')).rejects.toMatchObject({ code: 'P404' });
    for (const path of ['', '../a', 'a\nb', '/a', './a']) {
      await expect(read(commit, path)).rejects.toMatchObject({ code: 'P404' });
    }
  });

  it('reads commits that others made', async () => {
    const { git, writeObject } = harness();
    const tree = await writeTree(harness(), []);
    const who = 'A <a@b> 1 +0000';
    const head = `tree ${tree}\nparent ${MISSING}\nparent ${tree}\nauthor ${who}\ncommitter ${who}\n`;
    const text = `${head}encoding latin1\n\nSub\u00fc\n\nBody without end`;
    const bytes = Buffer.from(text, 'latin1');
    const commit = await git.readCommit(await writeObject('commit', bytes));
    expect(commit).toMatchObject({ tree, parents: [MISSING, tree], signature: null });
    expect(commit.message).toBe('Sub\u00fc\n\nBody without end');
    expect(Buffer.from(commit.signedPayload).equals(bytes)).toBe(true);
  });

  it('takes every signature header out of what was signed', async () => {
    const { git, writeObject } = harness();
    const tree = await writeTree(harness(), []);
    const who = 'A <a@b> 1 +0000';
    const head = `tree ${tree}\nauthor ${who}\ncommitter ${who}\n`;
    const end = '\ngpgsig not a header\n';
    const read = async (signatures: string) =>
      git.readCommit(await writeObject('commit', Buffer.from(`${head}${signatures}${end}`)));
    const one = await read('gpgsig A\n B\n \n C\n');
    expect(one.signature).toBe('A\nB\n\nC\n');
    expect(Buffer.from(one.signedPayload).toString()).toBe(head + end);
    const two = await read('gpgsig A\n B\ngpgsig C\n');
    expect(two.signature).toBe('A\nB\nC\n');
    expect(Buffer.from(two.signedPayload).toString()).toBe(head + end);
    const carriageReturns = await read('gpgsig A\r\n B\r\n');
    expect(carriageReturns.signature).toBe('A\r\nB\r\n');
  });

  it('refuses what is no commit', async () => {
    const { git, writeObject } = harness();
    const tree = await writeTree(harness(), []);
    for (const oid of [MISSING, tree, 'main', '']) {
      await expect(git.readCommit(oid)).rejects.toMatchObject({ code: 'P404' });
    }
    const malformed = await writeObject('commit', Buffer.from(`tree ${tree}\nhello\n\nx\n`));
    await expect(git.readCommit(malformed)).rejects.toMatchObject({ code: 'P404' });
  });

  it('follows first parents as far as it is asked to', async () => {
    const { git } = harness();
    const [a, side] = [
      await writeCommit(harness()),
      await writeCommit(harness(), { message: 's' }),
    ];
    const b = await writeCommit(harness(), { parents: [a, side] });
    const c = await writeCommit(harness(), { parents: [b] });
    const list = async (count: number) =>
      (await git.listFirstParents(c, count)).map(({ oid }) => oid);
    expect(await list(1)).toEqual([c]);
    expect(await list(2)).toEqual([c, b]);
    expect(await list(3)).toEqual([c, b, a]);
    expect(await list(100)).toEqual([c, b, a]);
    await expect(git.listFirstParents(MISSING, 1)).rejects.toMatchObject({ code: 'P404' });
    const cut = await writeCommit(harness(), { parents: [MISSING] });
    await expect(git.listFirstParents(cut, 2)).rejects.toMatchObject({ code: 'P404' });
  });

  it('knows ancestors through every parent', async () => {
    const { git } = harness();
    const [a, side] = [
      await writeCommit(harness()),
      await writeCommit(harness(), { message: 's' }),
    ];
    const b = await writeCommit(harness(), { parents: [a, side] });
    const other = await writeCommit(harness(), { parents: [a], message: 'other' });
    const pairs = [
      [a, a, true],
      [a, b, true],
      [side, b, true],
      [b, a, false],
      [other, b, false],
    ] as const;
    for (const [ancestor, descendant, answer] of pairs) {
      expect(await git.isAncestor(ancestor, descendant)).toBe(answer);
    }
    await expect(git.isAncestor(MISSING, a)).rejects.toMatchObject({ code: 'P404' });
    await expect(git.isAncestor(a, MISSING)).rejects.toMatchObject({ code: 'P404' });
  });
}
