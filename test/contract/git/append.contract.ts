import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createMemorySignatureVerifier } from '../../../reconciler/adapters/ledger-signer/memory/signature-verifier.ts';
import {
  append,
  appendOne,
  BRANCH,
  type GitHarness,
  LIMITS,
  MISSING,
  readText,
  SIGNER,
  toDraft,
} from './harness.ts';

export function describeAppend(harness: () => GitHarness): void {
  it('makes one commit per draft and moves the branch to the last', async () => {
    const { git } = harness();
    const oids = await append(
      harness(),
      null,
      toDraft({ 'record.json': '1', 'live/a.yaml': 'a' }, 'First\n\nPlumbline-Seq: 1\n'),
      toDraft({ 'record.json': '2', 'live/b.yaml': 'b' }, 'Second\n'),
    );
    expect(oids).toHaveLength(2);
    const [first, second] = oids as [string, string];
    expect(await git.readRef(BRANCH)).toBe(second);
    const commits = await git.listFirstParents(second, 10);
    expect(commits.map(({ oid, parents }) => [oid, parents])).toEqual([
      [second, [first]],
      [first, []],
    ]);
    expect(commits.map(({ message }) => message)).toEqual([
      'Second\n',
      'First\n\nPlumbline-Seq: 1\n',
    ]);
    expect(await readText(harness(), first)).toEqual({ 'record.json': '1', 'live/a.yaml': 'a' });
    expect(await readText(harness(), second)).toEqual({
      'record.json': '2',
      'live/a.yaml': 'a',
      'live/b.yaml': 'b',
    });
  });

  it('signs every commit', async () => {
    const oids = await append(harness(), null, toDraft({ a: '1' }), toDraft({ a: '2' }));
    const verifier = createMemorySignatureVerifier({
      allowedSigners: `ledger@ae namespaces="git" ${SIGNER.publicKey}`,
    });
    for (const oid of oids) {
      const { signedPayload, signature } = await harness().git.readCommit(oid);
      expect(Buffer.from(signedPayload).toString()).not.toContain('gpgsig');
      expect(verifier.verify(signedPayload, signature ?? '')).toMatchObject({ state: 'good' });
    }
  });

  it('continues a branch, reading its tree again when somebody else moved it', async () => {
    const first = await appendOne(harness(), null, { 'a/b/c': '1', 'a/d': '2', e: '3' });
    const second = await appendOne(harness(), first, { 'a/b/c': '4' });
    await harness().setRef(BRANCH, first);
    const other = await appendOne(harness(), first, { 'a/d': '5' });
    expect(await readText(harness(), second)).toEqual({ 'a/b/c': '4', 'a/d': '2', e: '3' });
    expect(await readText(harness(), other)).toEqual({ 'a/b/c': '1', 'a/d': '5', e: '3' });
  });

  it('gives the same oids to the same drafts, so that a retry is recognised', async () => {
    const drafts = [toDraft({ a: '1' }), toDraft({ b: '2' })];
    const oids = await append(harness(), null, ...drafts);
    await harness().setRef(BRANCH, oids[0] as string);
    const again = await append(harness(), oids[0] as string, drafts[1] as never);
    expect(again).toEqual([oids[1]]);
  });

  it('refuses to move a branch that is elsewhere, and shows nothing of the attempt', async () => {
    const { git } = harness();
    await expect(appendOne(harness(), MISSING, { a: '1' })).rejects.toMatchObject({ code: 'P405' });
    expect(await git.readRef(BRANCH)).toBeNull();
    const first = await appendOne(harness(), null, { a: '1' });
    await expect(appendOne(harness(), null, { a: '2' })).rejects.toMatchObject({ code: 'P405' });
    const second = await appendOne(harness(), first, { a: '2' });
    await expect(appendOne(harness(), first, { a: '3' })).rejects.toMatchObject({ code: 'P405' });
    expect(await git.readRef(BRANCH)).toBe(second);
    expect(await readText(harness(), second)).toEqual({ a: '2' });
  });

  it('lets exactly one of several writers at once win', async () => {
    const first = await appendOne(harness(), null, { a: '0' });
    const attempts = ['1', '2', '3', '4'].map((text) => appendOne(harness(), first, { a: text }));
    const settled = await Promise.allSettled(attempts);
    const won = settled.filter((result) => result.status === 'fulfilled');
    const lost = settled.filter((result) => result.status === 'rejected');
    expect(won).toHaveLength(1);
    for (const { reason } of lost) expect(reason).toMatchObject({ code: 'P405' });
    expect(await harness().git.readRef(BRANCH)).toBe(won[0]?.value);
  });

  it('does nothing for no drafts', async () => {
    expect(await append(harness(), null)).toEqual([]);
    expect(await harness().git.readRef(BRANCH)).toBeNull();
  });

  it('keeps what does not change, and can make an empty tree', async () => {
    const first = await appendOne(harness(), null, { 'a/b': '1', 'a/c': '2' });
    const second = await appendOne(harness(), first, { 'a/b': '1', 'x/y': null, x: null });
    const [before, after] = await harness().git.listFirstParents(second, 2);
    expect(before?.tree).toBe(after?.tree);
    const third = await appendOne(harness(), second, { 'a/b': null, 'a/c': null });
    expect(await harness().git.listTree(third, LIMITS)).toEqual([]);
  });

  it('replaces files by folders and folders by files', async () => {
    const first = await appendOne(harness(), null, {
      a: '1',
      'b/c': '2',
      'b/d/e': '3',
      'b.x': '4',
    });
    const second = await appendOne(harness(), first, { 'a/n': '5', b: '6' });
    expect(await readText(harness(), second)).toEqual({ 'a/n': '5', b: '6', 'b.x': '4' });
  });

  it.each(['', '/a', 'a/', 'a//b', '.', '../a', 'a/../b', '.git/x', 'a/.GIT', 'a\nb', 'a\0b'])(
    'refuses the path %j',
    async (path) => {
      await expect(appendOne(harness(), null, { [path]: '1' })).rejects.toThrow('path');
      expect(await harness().git.readRef(BRANCH)).toBeNull();
    },
  );

  it.each([
    ['a name with an angle bracket', { author: { name: 'a <b', email: 'c@d' } }],
    ['an address with a line end', { author: { name: 'a', email: 'c\nd' } }],
    ['a NUL in the message', { message: 'a\0b' }],
    ['a time that is none', { epochSeconds: -1 }],
  ])('refuses %s', async (_, change) => {
    const draft = { ...toDraft({ a: '1' }), ...change };
    await expect(append(harness(), null, draft)).rejects.toThrow();
    expect(await harness().git.readRef(BRANCH)).toBeNull();
  });

  it('refuses a name that is no reference', async () => {
    const drafts = [toDraft({ a: '1' })];
    const input = { expectedTip: null, drafts, signer: SIGNER };
    for (const branch of ['main', 'refs/../x', 'refs/heads/a.lock', '--upload-pack=x'] as never[]) {
      await expect(harness().git.append({ branch, ...input })).rejects.toMatchObject({
        code: 'P404',
      });
    }
  });

  it('leaves the tree that a map of files would be, whatever the changes', async () => {
    const segment = fc.constantFrom('a', 'b', 'a.b', 'a-b', 'ä', 'Z');
    const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const content = fc.option(fc.string({ maxLength: 8 }), { freq: 3 });
    const drafts = fc.array(fc.dictionary(path, content, { maxKeys: 6 }), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(drafts, async (changes) => {
        const tip = await harness().git.readRef(BRANCH);
        const wipe = tip === null ? {} : await readText(harness(), tip);
        const cleared = toDraft(Object.fromEntries(Object.keys(wipe).map((key) => [key, null])));
        const oids = await append(
          harness(),
          tip,
          cleared,
          ...changes.map((files) => toDraft(files)),
        );
        const model = new Map<string, string>();
        for (const [index, files] of changes.entries()) {
          applyToModel(model, files);
          const found = await readText(harness(), oids[index + 1] as string);
          expect(found).toEqual(Object.fromEntries(model));
        }
      }),
      { numRuns: 25 },
    );
  });
}

/** A put file takes the place of a folder of its name and of files that its folders are named. */
function applyToModel(
  model: Map<string, string>,
  files: Readonly<Record<string, string | null>>,
): void {
  for (const [path, text] of Object.entries(files)) {
    if (text === null) {
      model.delete(path);
      continue;
    }
    for (const other of [...model.keys()]) {
      if (other.startsWith(`${path}/`) || path.startsWith(`${other}/`)) model.delete(other);
    }
    model.set(path, text);
  }
}
