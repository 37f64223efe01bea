import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSignedPullLog, toLogRef } from '../../reconciler/adapters/forge/local/pull-log.ts';
import { createMemoryGit, type MemoryGit } from '../../reconciler/adapters/git/memory/git.ts';
import { createMemorySignatureVerifier } from '../../reconciler/adapters/ledger-signer/memory/signature-verifier.ts';
import { toCanonicalJson } from '../../reconciler/core/contracts/canonical-json.ts';
import type { Oid } from '../../reconciler/core/contracts/git.ts';
import type { JsonObject } from '../../reconciler/core/contracts/json.ts';
import { toApprovalPayload } from '../../reconciler/core/forge/approval-payload.ts';
import { EVENT_PATH, PULL_LIMITS } from '../../reconciler/core/forge/pull-event.ts';
import { ACTORS, createForgeHarness, type ForgeHarness, type Person } from './forge/harness.ts';

const createVerifier = createMemorySignatureVerifier;

let git: MemoryGit;
let harness: ForgeHarness;
let head: Oid;

beforeEach(async () => {
  git = createMemoryGit();
  harness = await createForgeHarness({
    name: 'local',
    createVerifier,
    createGit: async () => ({ git, close: async () => {} }),
    createLog: (repository) => createSignedPullLog({ git: repository, createVerifier }),
  });
  head = await harness.push('raise-a', { 'a.yaml': 'a: 2\n' });
  await harness.forge.open({ title: 'Raise a', body: '', branch: 'raise-a' }, ACTORS.you);
});
afterEach(() => harness.close());

const toComment = (seq: number, change: object = {}) => ({
  v: 1,
  pull: 1,
  seq,
  at: '2026-06-01T12:00:00.000Z',
  by: 'you@localhost',
  type: 'comment',
  key: null,
  body: 'hello',
  ...change,
});

/** Puts text on top of the log as somebody with access to the repository could. */
async function plant(
  text: string,
  options: { readonly by?: Person; readonly path?: string; readonly pull?: number } = {},
): Promise<void> {
  const { by = 'you', path = EVENT_PATH, pull = 1 } = options;
  const branch = toLogRef(pull);
  await git.append({
    branch,
    expectedTip: await git.readRef(branch),
    drafts: [
      {
        message: 'Something\n',
        author: { name: by, email: `${by}@localhost` },
        epochSeconds: 1_700_000_000,
        changes: [
          { path: EVENT_PATH, content: null },
          { path, content: new TextEncoder().encode(text) },
        ],
      },
    ],
    signer: ACTORS[by].signer,
  });
}

async function plantComments(count: number): Promise<void> {
  const branch = toLogRef(1);
  const encoder = new TextEncoder();
  const drafts = Array.from({ length: count }, (_, index) => ({
    message: 'x\n',
    author: { name: 'you', email: 'you@localhost' },
    epochSeconds: 1,
    changes: [{ path: EVENT_PATH, content: encoder.encode(toCanonicalJson(toComment(index + 2))) }],
  }));
  const expectedTip = await git.readRef(branch);
  await git.append({ branch, expectedTip, drafts, signer: ACTORS.you.signer });
}

const plantEvent = (event: object, by?: Person) =>
  plant(toCanonicalJson(event as JsonObject), by === undefined ? {} : { by });
const reading = () => harness.forge.read(1);
const refusal = (why: RegExp) => ({ code: 'P416', message: expect.stringMatching(why) });

describe('a log that somebody tampered with', () => {
  it('is believed when the event is an honest one', async () => {
    await plantEvent(toComment(2));
    expect((await reading()).comments).toHaveLength(1);
  });

  it('is refused when a stranger signed an event', async () => {
    await plantEvent(toComment(2), 'stranger');
    await expect(reading()).rejects.toMatchObject(refusal(/not among the allowed signers/));
  });

  it('is refused when somebody signed in the name of another', async () => {
    await plantEvent(toComment(2, { by: 'reviewer@localhost' }));
    await expect(reading()).rejects.toMatchObject(
      refusal(/its key is not one of reviewer@localhost/),
    );
  });

  it('is refused when an event is not signed, or was changed after it was signed', async () => {
    const files = [{ path: EVENT_PATH, content: toCanonicalJson(toComment(2)) }];
    const before = await git.readRef(toLogRef(1));
    await git.push({ branch: toLogRef(1), files });
    await expect(reading()).rejects.toMatchObject(refusal(/not signed/));
    git.setRef(toLogRef(1), before);
    const signed = await git.readCommit(before ?? '');
    const armor = (signed.signature ?? '').trimEnd().replaceAll('\n', '\n ');
    const payload = Buffer.from(signed.signedPayload).toString();
    const [headers = '', message = ''] = payload.split('\n\n');
    const forged = `${headers}\ngpgsig ${armor}\n\n${message}!`;
    git.setRef(toLogRef(1), git.writeObject('commit', Buffer.from(forged)));
    await expect(reading()).rejects.toMatchObject(refusal(/does not fit what was signed/));
  });

  it.each([
    ['a gap', toComment(3), /place 2/],
    ['a place taken twice', toComment(1), /place 2/],
    ['an event of another pull request', toComment(2, { pull: 2 }), /of pull request 2/],
    ['an unknown field', toComment(2, { more: 1 }), /unknown field/],
    ['a missing field', { v: 1, type: 'comment' }, /has no pull/],
    ['a newer version', toComment(2, { v: 2 }), /version 2/],
    ['time that goes back', toComment(2, { at: '2020-01-01T00:00:00Z' }), /older/],
    ['a body that is too long', toComment(2, { body: 'x'.repeat(20_000) }), /16384/],
  ])('is refused for %s', async (_, event, why) => {
    await plantEvent(event);
    await expect(reading()).rejects.toMatchObject(refusal(why));
  });

  it('is refused for what is no event at all', async () => {
    const tip = await git.readRef(toLogRef(1));
    for (const text of ['', 'nonsense', '[]', ` ${toCanonicalJson(toComment(2))}`]) {
      git.setRef(toLogRef(1), tip);
      await plant(text);
      await expect(reading()).rejects.toMatchObject(refusal(/canonical form/));
    }
    git.setRef(toLogRef(1), tip);
    await plant('{}', { path: 'other.json' });
    await expect(reading()).rejects.toMatchObject(refusal(/no readable event.json/));
    git.setRef(toLogRef(1), tip);
    await plant('x'.repeat(PULL_LIMITS.maxEventBytes + 1));
    await expect(reading()).rejects.toMatchObject(refusal(/more than 131072/));
  });

  it('is refused when it joins two chains', async () => {
    const tip = (await git.readRef(toLogRef(1))) ?? '';
    await git.merge({
      branch: toLogRef(1),
      expectedTip: tip,
      head: await harness.readMain(),
      method: 'merge',
      draft: {
        message: 'Join\n',
        author: { name: 'you', email: 'you@localhost' },
        epochSeconds: 1,
      },
      signer: ACTORS.you.signer,
    });
    await expect(reading()).rejects.toMatchObject(refusal(/joins two logs/));
  });

  it('is refused when it has more events than anybody needs', async () => {
    await plantComments(PULL_LIMITS.maxEvents);
    await expect(reading()).rejects.toMatchObject(refusal(/more than 1000 events/));
  });

  it('can be finished however much was said', async () => {
    await plantComments(PULL_LIMITS.maxEvents - 9);
    const { forge } = harness;
    const entry = { type: 'comment', key: null, body: 'one too many' } as const;
    await expect(forge.add(1, entry, ACTORS.you)).rejects.toMatchObject({ code: 'P420' });
    const closed = await forge.add(1, { type: 'close', reason: '' }, ACTORS.you);
    expect(closed).toMatchObject({ state: 'closed', seq: PULL_LIMITS.maxEvents - 7 });
  });

  it('is refused when it names something that is no log', async () => {
    git.setRef(toLogRef(1), await harness.readMain());
    await expect(reading()).rejects.toMatchObject(refusal(/no readable event.json/));
    git.setRef(toLogRef(1), '1'.repeat(40));
    await expect(reading()).rejects.toMatchObject(refusal(/no commit/));
  });

  it('is refused when an approval was signed for another head, another pull or by another', async () => {
    const { signer, approver } = ACTORS.reviewer;
    const review = async (signature: string) => ({
      ...toComment(2),
      by: 'reviewer@localhost',
      type: 'review',
      head,
      verdict: 'approve',
      body: '',
      isSelf: false,
      signature,
      key: undefined,
    });
    const tip = await git.readRef(toLogRef(1));
    const forgeries = [
      await approver.sign(toApprovalPayload({ pull: 1, head: await harness.readMain() })),
      await approver.sign(toApprovalPayload({ pull: 2, head })),
      await ACTORS.you.approver.sign(toApprovalPayload({ pull: 1, head })),
      await ACTORS.plumbline.approver.sign(toApprovalPayload({ pull: 1, head })),
      await signer.sign(toApprovalPayload({ pull: 1, head })),
    ];
    for (const signature of forgeries) {
      git.setRef(toLogRef(1), tip);
      const { key: _, ...event } = await review(signature);
      await plantEvent(event, 'reviewer');
      await expect(reading()).rejects.toMatchObject(refusal(/approval is bad/));
    }
    git.setRef(toLogRef(1), tip);
    const honest = await approver.sign(toApprovalPayload({ pull: 1, head }));
    const { key: _, ...event } = await review(honest);
    await plantEvent(event, 'reviewer');
    expect((await reading()).reviews).toHaveLength(1);
  });

  it('keeps no other from being listed, proposed or judged', async () => {
    await plantEvent(toComment(9));
    const next = await harness.push('other', { 'b.yaml': 'b: 2\n' });
    const { forge } = harness;
    const opened = await forge.open({ title: 'Other', body: '', branch: 'other' }, ACTORS.you);
    expect(opened.number).toBe(2);
    const { pulls, refused } = await forge.list({ states: ['open'], maxCount: 9 });
    expect(pulls.map(({ number }) => number)).toEqual([2]);
    expect(refused).toEqual([{ number: 1, why: expect.stringContaining('place 2') }]);
    await forge.add(2, { type: 'approve', head: next, body: '' }, ACTORS.reviewer);
    const parent = await harness.readMain();
    await forge.merge(2, { head: next, method: 'merge' }, ACTORS.you);
    const commit = await harness.readMain();
    const candidates = await forge.listCandidates({ commit, parent });
    expect(candidates.map(({ number }) => number)).toEqual([2]);
  });

  it('leaves a damaged number in use, so that no log ever begins twice', async () => {
    git.setRef(toLogRef(2), '1'.repeat(40));
    await harness.push('other', { 'b.yaml': 'b: 2\n' });
    const { number } = await harness.forge.open(
      { title: 'Other', body: '', branch: 'other' },
      ACTORS.you,
    );
    expect(number).toBe(3);
  });
});
