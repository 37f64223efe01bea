import { beforeEach, describe, expect, it } from 'vitest';
import { createSignedPullLog } from '../../../reconciler/adapters/forge/local/pull-log.ts';
import { createMemoryGit } from '../../../reconciler/adapters/git/memory/git.ts';
import { createMemorySignatureVerifier } from '../../../reconciler/adapters/ledger-signer/memory/signature-verifier.ts';
import { createMemoryLog } from '../../../reconciler/adapters/log/memory/log.ts';
import { createInlinePolicyEvaluator } from '../../../reconciler/adapters/policy-evaluator/inline/policy-evaluator.ts';
import { createMemoryPolicyLibrary } from '../../../reconciler/adapters/policy-library/memory/policy-library.ts';
import { createSeededRandomness } from '../../../reconciler/adapters/randomness/seeded/randomness.ts';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import { referencesOf } from '../../../reconciler/core/graph/references.ts';
import { PLANNERS } from '../../../reconciler/core/plan/planners/planners.ts';
import { createPolicyGate } from '../../../reconciler/engine/create-policy-gate.ts';
import { judgePull, type ProposedChange } from '../../../reconciler/engine/judge-pull.ts';
import { previewZone } from '../../../reconciler/engine/preview-zone.ts';
import { createPullChecker } from '../../../reconciler/engine/pull-checker.ts';
import { createRevisionReader } from '../../../reconciler/engine/revision-reader.ts';
import { ACTORS, createForgeHarness, type ForgeHarness } from '../../contract/forge/harness.ts';
import { SMALL_REPO, toDocument } from './zone-harness.ts';

const createVerifier = createMemorySignatureVerifier;
const TARGET = 'targets/laptop.yaml';
const toTarget = (slots: string) =>
  toDocument(
    'Target',
    'laptop',
    `{ zone: ae, executor: process, pools: [{ name: cpu, device: cpu, ${slots} }] }`,
  );

let harness: ForgeHarness;

beforeEach(async () => {
  harness = await createForgeHarness({
    name: 'checks',
    createVerifier,
    createGit: async () => ({ git: createMemoryGit(), close: async () => {} }),
    createLog: (git) => createSignedPullLog({ git, createVerifier }),
  });
  const files = { ...SMALL_REPO, [TARGET]: toTarget('slots: 4'), 'a.yaml': null, 'b.yaml': null };
  await harness.push('main', files);
});

function toDeps() {
  const { git, clock } = harness;
  const revisions = createRevisionReader();
  const policy = createPolicyGate({
    library: createMemoryPolicyLibrary({ safety: [] }),
    evaluator: createInlinePolicyEvaluator(),
  });
  const preview = { planners: PLANNERS, referencesOf, policy, readLive: async () => null };
  return {
    git,
    revisions,
    preview: (judgement: Parameters<typeof previewZone>[1], revision: string, zone: string) =>
      previewZone({ ...preview, now: clock.now() }, judgement, revision, zone),
  };
}

function createChecker(judge = (change: ProposedChange) => judgePull(toDeps(), change)) {
  const { git, forge, clock } = harness;
  const asked: ProposedChange[] = [];
  const log = createMemoryLog({ clock: { ...clock, sleep: async () => {} } });
  const checker = createPullChecker({
    ...{ git, forge, log, pollMs: 1_000, actor: ACTORS.plumbline },
    clock: { ...clock, sleep: async () => {} },
    randomness: createSeededRandomness(1),
    judge: (change) => {
      asked.push(change);
      return judge(change);
    },
  });
  return { checker, asked, log };
}

async function propose(branch: string, files: Readonly<Record<string, string>>): Promise<number> {
  await harness.push(branch, files);
  const { number } = await harness.forge.open({ title: branch, body: '', branch }, ACTORS.you);
  return number;
}

const statesOf = async (number: number) => {
  const { checks, head } = await harness.forge.read(number);
  return checks.filter((check) => check.head === head).map(({ name, state }) => [name, state]);
};

describe('checking pull requests', () => {
  it('says what merging adds, and nothing that main does anyway', async () => {
    const number = await propose('more', { [TARGET]: toTarget('slots: 6') });
    await createChecker().checker.checkAll();
    const { comments, checks } = await harness.forge.read(number);
    expect(checks.map(({ summary }) => summary)).toEqual([
      expect.stringMatching(/^\d+ resources valid, 0 new errors$/),
      '1 effect',
    ]);
    expect(comments.map(({ body }) => body)).toEqual([
      'Merging this, in the zone ae:\n- target laptop: offers 6 cpu slots in cpu',
    ]);
  });

  it('judges what main would be, not what the branch holds', async () => {
    const number = await propose('note', { 'note.txt': 'hello\n' });
    await harness.push('main', { [TARGET]: toTarget('slots: 6') });
    await createChecker().checker.checkAll();
    const { comments } = await harness.forge.read(number);
    expect(comments[0]?.body).toBe('Nothing changes in the zone ae.');
  });

  it('says where a new mistake is, and blames nobody for an old one', async () => {
    await harness.push('main', { 'targets/old.yaml': toDocument('Target', 'old', '{ zone: ae }') });
    const bad = await propose('bad', { [TARGET]: toTarget('slotz: 6') });
    const good = await propose('good', { [TARGET]: toTarget('slots: 5') });
    await createChecker().checker.checkAll();
    expect(await statesOf(bad)).toEqual([
      ['plumbline/validate', 'failure'],
      ['plumbline/plan', 'failure'],
    ]);
    const { comments } = await harness.forge.read(bad);
    expect(comments[0]?.body).toMatch(
      /^What is wrong:\n- error at targets\/laptop\.yaml:\d+:\d+: /,
    );
    expect(comments[0]?.body).not.toContain('old.yaml');
    expect(await statesOf(good)).toEqual([
      ['plumbline/validate', 'success'],
      ['plumbline/plan', 'success'],
    ]);
    const [validate] = (await harness.forge.read(good)).checks;
    expect(validate?.summary).toContain('that main has already');
  });

  it('looks again only when the head or main has moved, and repeats nothing after a restart', async () => {
    const number = await propose('more', { [TARGET]: toTarget('slots: 6') });
    const { checker, asked } = createChecker();
    await checker.checkAll();
    await checker.checkAll();
    expect(asked).toHaveLength(1);
    const { seq } = await harness.forge.read(number);
    await createChecker().checker.checkAll();
    expect((await harness.forge.read(number)).seq).toBe(seq);

    await harness.push('more', { [TARGET]: toTarget('slots: 7') });
    await checker.checkAll();
    expect(asked).toHaveLength(2);
    const moved = await harness.forge.read(number);
    expect(moved.comments).toHaveLength(1);
    expect(moved.comments[0]?.body).toContain('offers 7 cpu slots');
    expect(await statesOf(number)).toHaveLength(2);
  });

  it('is refused nothing by one that cannot be judged, and tells its author why', async () => {
    const first = await propose('first', { [TARGET]: toTarget('slots: 6') });
    const second = await propose('second', { 'note.txt': 'hello\n' });
    const third = await propose('third', { 'other.txt': 'hello\n' });
    const heads = new Map<string, string>();
    for (const number of [first, second, third]) {
      heads.set((await harness.forge.read(number)).head, String(number));
    }
    const { checker, log, asked } = createChecker(async (change) => {
      if (heads.get(change.head) === String(first)) {
        throw new CodedError('P107', 'it has too many files');
      }
      if (heads.get(change.head) === String(second)) {
        throw new CodedError('P404', 'the disk is busy', { remedy: 'retry' });
      }
      return judgePull(toDeps(), change);
    });
    await checker.checkAll();
    await checker.checkAll();
    const { comments } = await harness.forge.read(first);
    expect(comments.map(({ body }) => body)).toEqual([
      'This cannot be judged: P107 it has too many files',
    ]);
    expect(await statesOf(second)).toEqual([]);
    expect(await statesOf(third)).toHaveLength(2);
    expect(log.lines().filter((line) => line.includes('pull-not-checked'))).toHaveLength(1);
    // What may pass is asked again, what may not is not.
    expect(asked.map(({ head }) => heads.get(head)).sort()).toEqual(['1', '2', '2', '3']);
  });

  it('names the files that main has changed too', async () => {
    const number = await propose('more', { [TARGET]: toTarget('slots: 6') });
    await harness.push('main', { [TARGET]: toTarget('slots: 5') });
    await createChecker().checker.checkAll();
    const { comments } = await harness.forge.read(number);
    expect(comments[0]?.body).toContain(`changed the same files by now: ${TARGET}`);
  });
});
