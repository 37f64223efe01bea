import { beforeEach, describe, expect, it } from 'vitest';
import { createSignedPullLog } from '../../../reconciler/adapters/forge/local/pull-log.ts';
import { createMemorySignatureVerifier } from '../../../reconciler/adapters/ledger-signer/memory/signature-verifier.ts';
import { readLedgerEntries } from '../../../reconciler/cli/ledger-reading.ts';
import type { ZoneStatus } from '../../../reconciler/core/status/zone-status.ts';
import {
  ACTORS,
  createForgeHarness,
  type Files,
  type ForgeHarness,
  type Person,
} from '../../contract/forge/harness.ts';
import { createZoneHarness, SMALL_REPO, toDocument, toTarget } from './zone-harness.ts';

const createVerifier = createMemorySignatureVerifier;
const TARGET = 'targets/laptop.yaml';

let zones: ReturnType<typeof createZoneHarness>;
let people: ForgeHarness;

beforeEach(async () => {
  zones = createZoneHarness();
  const { git } = zones;
  people = await createForgeHarness({
    name: 'approvals',
    createVerifier,
    createGit: async () => ({ git, close: async () => {} }),
    createLog: () => createSignedPullLog({ git, createVerifier }),
  });
});

const toPlatform = (rule: string) =>
  toDocument('Platform', 'bank', rule === '' ? '{}' : `{ requiredApprovals: ${rule} }`);

async function begin(rule: string) {
  const platform = { 'platform.yaml': toPlatform(rule), 'a.yaml': null, 'b.yaml': null };
  const genesis = await people.push('main', { ...SMALL_REPO, ...platform });
  const zone = zones.open({ forge: people.forge, genesis });
  await zone.until(isFollowed(genesis));
  return zone;
}

const isFollowed = (revision: string) => (status: ZoneStatus) =>
  status.isConverged && status.source.revision === revision && status.source.held === null;
const isHeld = (status: ZoneStatus) => status.source.held !== null;

async function merge(branch: string, files: Files, approver: Person | null): Promise<string> {
  const { forge, push, readMain } = people;
  const head = await push(branch, files);
  const { number } = await forge.open({ title: branch, body: '', branch }, ACTORS.you);
  if (approver !== null) {
    await forge.add(number, { type: 'approve', head, body: '' }, ACTORS[approver]);
  }
  await forge.merge(number, { head, method: 'merge' }, ACTORS.you);
  return readMain();
}

const readLastCause = async () => (await readLedgerEntries(zones.git, 'ae', 1))[0]?.record.cause;

describe('a platform that asks for the approval of somebody else', () => {
  it('follows what was approved, and every record says by whom', async () => {
    const zone = await begin('other');
    const tip = await merge('more', { [TARGET]: toTarget('laptop', 3) }, 'reviewer');
    zone.hint();
    await zone.until(isFollowed(tip));
    expect(await readLastCause()).toMatchObject({
      revision: tip,
      pull: '1',
      approvals: [{ by: 'reviewer@localhost', digest: expect.stringMatching(/^sha256:/) }],
    });
    await zone.stop();
  });

  it.each([
    ['nobody', null],
    ['its author', 'you'],
  ] as const)('holds what %s approved', async (_who, approver) => {
    const zone = await begin('other');
    await merge('more', { [TARGET]: toTarget('laptop', 3) }, approver);
    zone.hint();
    const { source } = await zone.until(isHeld);
    expect(source.held).toMatch(/^P421 commit [0-9a-f]{12} of main has not the approval/);
    await zone.stop();
  });

  it('holds a push, also under what is approved later, until nothing is left of it', async () => {
    const zone = await begin('other');
    await people.push('main', { [TARGET]: toTarget('laptop', 9) });
    zone.hint();
    expect((await zone.until(isHeld)).source.held).toContain('no pull request leads to it');
    await merge('other', { 'targets/desk.yaml': toTarget('desk', 1) }, 'reviewer');
    zone.hint();
    await zone.until(({ source }) => isHeldAt(source.judged));
    expect(zones.executorWorld.targets.size).toBe(1);

    const back = { [TARGET]: toTarget('laptop', 2), 'targets/desk.yaml': null };
    const tip = await people.push('main', back);
    zone.hint();
    await zone.until(isFollowed(tip));
    await zone.stop();

    function isHeldAt(judged: string | null): boolean {
      return judged !== null && zone.status().source.held !== null;
    }
  });

  it('does not let a change lower the bar for itself', async () => {
    const zone = await begin('other');
    await people.push('main', {
      'platform.yaml': toPlatform('none'),
      [TARGET]: toTarget('laptop', 9),
    });
    zone.hint();
    expect((await zone.until(isHeld)).source.held).toContain('P421');
    await zone.stop();
    const tip = await merge('note', { 'note.txt': 'hello\n' }, 'reviewer');
    const next = zones.open({ forge: people.forge });
    expect((await next.until(isHeld)).source.held).toContain('P421');
    expect(next.status().source.revision).not.toBe(tip);
    await next.stop();
  });

  it('keeps a zone that begins later from what the first commit did not allow', async () => {
    const platform = { 'platform.yaml': toPlatform('other'), 'a.yaml': null, 'b.yaml': null };
    const genesis = await people.push('main', { ...SMALL_REPO, ...platform });
    await people.push('main', { [TARGET]: toTarget('laptop', 9) });
    const zone = zones.open({ forge: people.forge, genesis });
    const { source } = await zone.until(isHeld);
    expect(source).toMatchObject({ revision: null, held: expect.stringContaining('P421') });
    await zone.stop();
  });

  it('begins with a push that mends the first commit, which could ask for nothing', async () => {
    const wrong = { 'platform.yaml': toDocument('Platform', 'bank', '{ policies: none }') };
    const files = { ...SMALL_REPO, ...wrong, 'a.yaml': null, 'b.yaml': null };
    const genesis = await people.push('main', files);
    const tip = await people.push('main', { 'platform.yaml': toPlatform('other') });
    const zone = zones.open({ forge: people.forge, genesis });
    await zone.until(isFollowed(tip));
    await zone.stop();
  });

  it('lets an approved change lower it', async () => {
    const zone = await begin('other');
    const lowered = await merge('lower', { 'platform.yaml': toPlatform('none') }, 'reviewer');
    zone.hint();
    await zone.until(isFollowed(lowered));
    const pushed = await people.push('main', { [TARGET]: toTarget('laptop', 3) });
    zone.hint();
    await zone.until(isFollowed(pushed));
    expect(await readLastCause()).toMatchObject({ pull: null, approvals: [] });
    await zone.stop();
  });
});

describe('a platform that lets authors approve', () => {
  it('follows it, and the record says so', async () => {
    const zone = await begin('self');
    const tip = await merge('more', { [TARGET]: toTarget('laptop', 3) }, 'you');
    zone.hint();
    await zone.until(isFollowed(tip));
    expect((await readLastCause())?.approvals).toMatchObject([{ by: 'you@localhost (self)' }]);
    await people.push('main', { [TARGET]: toTarget('laptop', 4) });
    zone.hint();
    expect((await zone.until(isHeld)).source.held).toContain('P421');
    await zone.stop();
  });
});

describe('a platform that asks for nothing', () => {
  it('follows what is pushed, and still says who approved what was', async () => {
    const zone = await begin('');
    const pushed = await people.push('main', { [TARGET]: toTarget('laptop', 3) });
    zone.hint();
    await zone.until(isFollowed(pushed));
    const tip = await merge('more', { [TARGET]: toTarget('laptop', 4) }, 'reviewer');
    zone.hint();
    await zone.until(isFollowed(tip));
    expect(await readLastCause()).toMatchObject({
      pull: '1',
      approvals: [{ by: 'reviewer@localhost' }],
    });
    await zone.stop();
  });
});
