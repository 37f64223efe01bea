import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createMemorySignatureVerifier } from '../../../reconciler/adapters/ledger-signer/memory/signature-verifier.ts';
import type { Oid, RefName } from '../../../reconciler/core/contracts/git.ts';
import type { MergeMethod } from '../../../reconciler/ports/git.ts';
import {
  appendOne,
  BRANCH,
  type GitHarness,
  MISSING,
  readText,
  SIGNER,
  toDraft,
  writeCommit,
  writeTree,
} from './harness.ts';

type Files = Readonly<Record<string, string>>;
type Sides = { readonly base: Oid; readonly ours: Oid; readonly theirs: Oid };

export function describeMerge(harness: () => GitHarness): void {
  it('joins what two sides changed in different files', async () => {
    const { git } = harness();
    const { ours, theirs } = await fork(
      harness(),
      { 'a/x': '1', 'a/y': '1', b: '1', gone: '1' },
      { 'a/x': '2', 'a/y': '1', b: '1', gone: '1', 'new/o': '1' },
      { 'a/x': '1', 'a/y': '3', b: '1', 'new/t': '1' },
    );
    const outcome = await merge(harness(), ours, theirs);
    const commit = await git.readRef(BRANCH);
    expect(outcome).toEqual({ state: 'merged', commit });
    expect(await readText(harness(), commit as Oid)).toEqual({
      'a/x': '2',
      'a/y': '3',
      b: '1',
      keep: '1',
      'new/o': '1',
      'new/t': '1',
    });
    const read = await git.readCommit(commit as Oid);
    expect(read).toMatchObject({ parents: [ours, theirs], message: 'Join\n' });
    expect(await git.previewMerge(ours, theirs)).toEqual({ state: 'clean', tree: read.tree });
    const verifier = createMemorySignatureVerifier({ allowedSigners: `a@b ${SIGNER.publicKey}` });
    expect(verifier.verify(read.signedPayload, read.signature ?? '').state).toBe('good');
  });

  it('squashes into one commit with one parent and the same tree', async () => {
    const { ours, theirs } = await fork(harness(), { a: '1' }, { a: '1', b: '2' }, { a: '3' });
    const outcome = await merge(harness(), ours, theirs, 'squash');
    const commit = (outcome as { readonly commit: Oid }).commit;
    expect(await harness().git.readCommit(commit)).toMatchObject({ parents: [ours] });
    expect(await readText(harness(), commit)).toEqual({ a: '3', b: '2', keep: '1' });
  });

  it('names the files that both sides changed differently, and does nothing', async () => {
    const { git } = harness();
    const { ours, theirs } = await fork(
      harness(),
      { 'x/a': '1', 'x/b': '1', c: '1', ü: '1' },
      { 'x/a': '2', 'x/b': '2', ü: '2', d: '1' },
      { 'x/a': '3', 'x/b': '2', c: '2', ü: '3', 'd/e': '1' },
    );
    const conflict = { state: 'conflict', paths: ['c', 'd', 'x/a', 'ü'] };
    expect(await git.previewMerge(ours, theirs)).toEqual(conflict);
    expect(await merge(harness(), ours, theirs)).toEqual(conflict);
    expect(await git.readRef(BRANCH)).toBe(ours);
  });

  it('keeps who may be run, and links', async () => {
    const { git, writeObject, setRef } = harness();
    const blob = await writeObject('blob', Buffer.from('run'));
    const tree = (lines: Parameters<typeof writeTree>[1]) => writeTree(harness(), lines);
    const base = await writeCommit(harness(), { tree: await tree([['100644', 'a', blob]]) });
    const parents = [base];
    const one = await tree([['100755', 'a', blob]]);
    const two = await tree([
      ['100644', 'a', blob],
      ['120000', 'link', blob],
    ]);
    const ours = await writeCommit(harness(), { tree: one, parents });
    const theirs = await writeCommit(harness(), { tree: two, parents });
    await setRef(BRANCH, ours);
    const expected = await tree([
      ['100755', 'a', blob],
      ['120000', 'link', blob],
    ]);
    expect(await git.previewMerge(ours, theirs)).toEqual({ state: 'clean', tree: expected });
  });

  it('is what the files of three versions say, whatever they are', async () => {
    const path = fc.constantFrom('a', 'a/b', 'a/b/c', 'b', 'b/c', 'c.d', 'c/d');
    const files = fc
      .dictionary(path, fc.constantFrom('1', '2', '3'))
      .filter((all) => !hasClash(Object.keys(all)));
    await fc.assert(
      fc.asyncProperty(files, files, files, async (base, ours, theirs) => {
        const sides = await fork(harness(), base, ours, theirs);
        const merged = await harness().git.previewMerge(sides.ours, sides.theirs);
        const model = mergeModel(base, ours, theirs);
        expect(merged.state).toBe(model === null ? 'conflict' : 'clean');
        if (merged.state === 'conflict' || model === null) return;
        const branch: RefName = 'refs/heads/expected';
        const [expected] = await harness().git.append({
          branch,
          expectedTip: await harness().git.readRef(branch),
          drafts: [toDraft({ ...removeAll(await readBranch(harness(), branch)), ...model })],
          signer: SIGNER,
        });
        const { tree } = await harness().git.readCommit(expected as Oid);
        expect(merged.tree).toBe(tree);
      }),
      { numRuns: 40 },
    );
  });

  it('refuses a branch that is elsewhere, and commits that are missing', async () => {
    const { git } = harness();
    const { base, ours, theirs } = await fork(harness(), { a: '1' }, { a: '2' }, { b: '1' });
    await expect(merge(harness(), base, theirs)).rejects.toMatchObject({ code: 'P405' });
    await expect(merge(harness(), ours, MISSING)).rejects.toMatchObject({ code: 'P404' });
    await expect(git.previewMerge(MISSING, ours)).rejects.toMatchObject({ code: 'P404' });
    await expect(git.findMergeBase(ours, MISSING)).rejects.toMatchObject({ code: 'P404' });
    expect(await git.readRef(BRANCH)).toBe(ours);
  });

  it('lets exactly one of several merges at once win', async () => {
    const { ours, theirs } = await fork(harness(), { a: '1' }, { a: '2' }, { a: '1', b: '1' });
    const attempts = ['1', '2', '3'].map((message) =>
      merge(harness(), ours, theirs, 'merge', message),
    );
    const settled = await Promise.allSettled(attempts);
    const won = settled.filter((result) => result.status === 'fulfilled');
    expect(won).toHaveLength(1);
    for (const result of settled) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'P405' });
    }
  });

  it('finds where two histories parted, and what lies between', async () => {
    const { git } = harness();
    const root = await writeCommit(harness());
    const left = await writeCommit(harness(), { parents: [root], message: 'left\n' });
    const right = await writeCommit(harness(), { parents: [root], message: 'right\n' });
    const joined = await writeCommit(harness(), { parents: [left, right] });
    const alone = await writeCommit(harness(), { message: 'alone\n' });
    expect(await git.findMergeBase(left, right)).toBe(root);
    expect(await git.findMergeBase(joined, right)).toBe(right);
    expect(await git.findMergeBase(left, left)).toBe(left);
    expect(await git.findMergeBase(left, alone)).toBeNull();
    const between = async (base: Oid, tip: Oid) =>
      (await git.listBetween({ base, tip, maxCount: 10 })).map(({ oid }) => oid).sort();
    expect(await between(root, joined)).toEqual([left, right, joined].sort());
    expect(await between(left, joined)).toEqual([right, joined].sort());
    expect(await between(joined, left)).toEqual([]);
    await expect(git.listBetween({ base: root, tip: joined, maxCount: 2 })).rejects.toMatchObject({
      code: 'P404',
    });
  });

  it('chooses the same of several commits at which histories parted', async () => {
    const { git } = harness();
    const root = await writeCommit(harness());
    const one = await writeCommit(harness(), { parents: [root], message: 'one\n' });
    const two = await writeCommit(harness(), { parents: [root], message: 'two\n' });
    const left = await writeCommit(harness(), { parents: [one, two], message: 'left\n' });
    const right = await writeCommit(harness(), { parents: [two, one], message: 'right\n' });
    expect(await git.findMergeBase(left, right)).toBe([one, two].sort()[0]);
  });

  it('points a reference at a commit by compare-and-swap', async () => {
    const { git } = harness();
    const name: RefName = 'refs/plumbline/pull/1/head';
    const one = await writeCommit(harness(), { message: 'one\n' });
    const two = await writeCommit(harness(), { message: 'two\n' });
    await git.moveRef({ name, expected: null, next: one });
    expect(await git.readRef(name)).toBe(one);
    for (const expected of [null, two]) {
      await expect(git.moveRef({ name, expected, next: two })).rejects.toMatchObject({
        code: 'P405',
      });
    }
    await expect(git.moveRef({ name, expected: one, next: MISSING })).rejects.toMatchObject({
      code: 'P404',
    });
    await git.moveRef({ name, expected: one, next: two });
    expect(await git.readRef(name)).toBe(two);
  });
}

/** Three commits of these files; the branch is at ours. */
async function fork(harness: GitHarness, base: Files, ours: Files, theirs: Files): Promise<Sides> {
  const { git, setRef } = harness;
  const start = await git.readRef(BRANCH);
  const before = start === null ? {} : removeAll(await readText(harness, start));
  const baseOid = await appendOne(harness, start, { ...before, ...base, keep: '1' });
  const theirOid = await appendOne(harness, baseOid, { ...removeAll(base), ...theirs });
  await setRef(BRANCH, baseOid);
  const ourOid = await appendOne(harness, baseOid, { ...removeAll(base), ...ours });
  return { base: baseOid, ours: ourOid, theirs: theirOid };
}

function removeAll(files: Files): Readonly<Record<string, null>> {
  return Object.fromEntries(Object.keys(files).map((path) => [path, null]));
}

async function readBranch(harness: GitHarness, branch: RefName): Promise<Files> {
  const tip = await harness.git.readRef(branch);
  return tip === null ? {} : readText(harness, tip);
}

function merge(
  { git }: GitHarness,
  expectedTip: Oid,
  head: Oid,
  method: MergeMethod = 'merge',
  message = 'Join\n',
) {
  const draft = {
    message,
    author: { name: 'you', email: 'you@localhost' },
    epochSeconds: 1_700_000_001,
  };
  return git.merge({ branch: BRANCH, expectedTip, head, method, draft, signer: SIGNER });
}

/** Null for a conflict. */
function mergeModel(base: Files, ours: Files, theirs: Files): Files | null {
  const merged: Record<string, string> = { keep: '1' };
  for (const path of new Set([
    ...Object.keys(base),
    ...Object.keys(ours),
    ...Object.keys(theirs),
  ])) {
    const [b, o, t] = [base[path], ours[path], theirs[path]];
    if (o !== t && b !== o && b !== t) return null;
    const result = o === t || b === t ? o : t;
    if (result !== undefined) merged[path] = result;
  }
  return hasClash(Object.keys(merged)) ? null : merged;
}

/** Whether a path would have to be a file and a folder. */
function hasClash(paths: readonly string[]): boolean {
  return paths.some((path) => paths.some((other) => other.startsWith(`${path}/`)));
}
