import { describe, expect, it } from 'vitest';
import type { ZoneStatus } from '../../../reconciler/core/status/zone-status.ts';
import { refOf } from '../plan/forms.ts';
import { createZoneHarness, SMALL_REPO, toDocument, toTarget } from './zone-harness.ts';

const isConverged = (status: ZoneStatus) => status.isConverged;

/** Converged on a commit: a flag alone could be of the commit before. */
const isConvergedOn = (commit: string) => (status: ZoneStatus) =>
  status.isConverged && status.source.revision === commit;

const titlesOf = (status: ZoneStatus, reason: string) =>
  status.resources
    .filter(({ conditions }) => conditions.some((one) => one.reason === reason))
    .map(({ ref }) => `${ref.kind}/${ref.name}`);

describe('a zone reconciler', () => {
  it('makes the world as the repo says, and says so', async () => {
    const harness = createZoneHarness();
    const commit = await harness.commit(SMALL_REPO);
    const zone = harness.open();
    const status = await zone.until(isConvergedOn(commit));
    expect(titlesOf(status, 'Converged')).toEqual(['Platform/bank', 'Target/laptop', 'Zone/ae']);
    expect(harness.executorWorld.targets.size).toBe(1);
    await zone.stop();
  });

  it('knows after a restart which revision is in force, without doing anything again', async () => {
    const harness = createZoneHarness();
    const commit = await harness.commit(SMALL_REPO);
    const first = harness.open();
    await first.until(isConverged);
    await first.stop();
    const executions = harness.executorWorld.executions.length;
    const second = harness.open();
    const status = await second.until(isConvergedOn(commit));
    expect(status.source).toMatchObject({ revision: commit, held: null });
    expect(harness.executorWorld.executions).toHaveLength(executions);
    await second.stop();
  });

  it('holds a revision that is invalid as a whole, and goes on when it is mended', async () => {
    const harness = createZoneHarness();
    const good = await harness.commit(SMALL_REPO);
    const zone = harness.open();
    await zone.until(isConvergedOn(good));
    await harness.commit({ 'platform.yaml': toDocument('Platform', 'bank', '{ nonsense: 1 }') });
    zone.hint();
    const held = await zone.until((status) => status.source.held !== null);
    expect(held.source).toMatchObject({ revision: good });
    expect(held.source.held).toContain('P205');
    expect(held.source.diagnostics).toMatchObject([{ code: 'P111' }]);
    const mended = await harness.commit({
      'platform.yaml': toDocument('Platform', 'bank', '{ deletionCapPercent: 30 }'),
    });
    zone.hint();
    const status = await zone.until(isConvergedOn(mended));
    expect(status.source).toMatchObject({ held: null, diagnostics: [] });
    await zone.stop();
  });

  it('keeps an invalid resource at its last good form while others move', async () => {
    const harness = createZoneHarness();
    const zone = harness.open();
    await harness.commit({ ...SMALL_REPO, 'targets/desk.yaml': toTarget('desk', 1) });
    await zone.until(isConverged);
    const commit = await harness.commit({
      'targets/laptop.yaml': toTarget('laptop', 2).replace('executor: process', 'executor: magic'),
      'targets/desk.yaml': toTarget('desk', 3),
    });
    zone.hint();
    const status = await zone.until(isConvergedOn(commit));
    expect(titlesOf(status, 'Converged')).toContain('Target/laptop');
    expect(titlesOf(status, 'HeldBack')).toEqual(['Target/laptop']);
    expect(status.source.diagnostics[0]).toMatchObject({ code: 'P113' });
    expect(harness.executorWorld.targets.size).toBe(2);
    await zone.stop();
  });

  it('refuses removals beyond the cap, and says how many are allowed', async () => {
    const harness = createZoneHarness();
    const names = ['a', 'b', 'c'];
    const targets = names.map((name) => [`targets/${name}.yaml`, toTarget(name, 1)] as const);
    await harness.commit({ ...SMALL_REPO, ...Object.fromEntries(targets) });
    const zone = harness.open();
    await zone.until(isConverged);
    const removal = await harness.git.push({
      branch: 'refs/heads/main',
      files: targets.map(([path]) => ({ path, content: null })),
    });
    zone.hint();
    const status = await zone.until(isConvergedOn(removal));
    expect(titlesOf(status, 'Refused')).toEqual(['Target/a', 'Target/b', 'Target/c']);
    expect(harness.executorWorld.targets.size).toBe(4);
    await zone.stop();
  });

  it('never goes back to history that was rewritten', async () => {
    const harness = createZoneHarness();
    const good = await harness.commit(SMALL_REPO);
    const zone = harness.open();
    await zone.until(isConvergedOn(good));
    await harness.git.push({
      branch: 'refs/heads/main',
      files: [{ path: 'platform.yaml', content: toDocument('Platform', 'bank', '{}') }],
      parent: null,
    });
    zone.hint();
    const status = await zone.until(({ source }) => source.held !== null);
    expect(status.source.held).toContain('P408');
    expect(status.source.revision).toBe(good);
    expect(harness.executorWorld.targets.size).toBe(1);
    await zone.stop();
  });

  it('holds a commit that cannot be read within the limits, and goes on looking after the rest', async () => {
    const harness = createZoneHarness();
    const good = await harness.commit(SMALL_REPO);
    const zone = harness.open();
    await zone.until(isConvergedOn(good));
    await harness.commit({ [`${'deep/'.repeat(300)}file.txt`]: 'x' });
    zone.hint();
    const held = await zone.until(({ source }) => source.held !== null);
    expect(held).toMatchObject({ role: 'leader', trouble: null, source: { revision: good } });
    expect(held.source.held).toContain('P107');
    await zone.stop();
  });

  it('begins in no zone with commits that nobody signed, where the first commit asks for it', async () => {
    const harness = createZoneHarness();
    const strict = toDocument('Platform', 'bank', '{ requireSignedCommits: true }');
    const signers = { allowed_signers: 'you@localhost ssh-ed25519 AAAA\n' };
    const genesis = await harness.commit({ ...SMALL_REPO, ...signers, 'platform.yaml': strict });
    const unsigned = { 'platform.yaml': toDocument('Platform', 'bank', '{}') };
    await harness.commit({ ...unsigned, 'targets/desk.yaml': toTarget('desk', 9) });
    const zone = harness.open({ genesis });
    const held = await zone.until(({ source }) => source.held !== null);
    expect(held.source).toMatchObject({ revision: null });
    expect(held.source.held).toContain('P409');
    expect(harness.executorWorld.targets.size).toBe(0);
    await zone.stop();
  });

  it('begins with the first commit itself, which is trusted by its name', async () => {
    const harness = createZoneHarness();
    const strict = toDocument('Platform', 'bank', '{ requireSignedCommits: true }');
    const genesis = await harness.commit({
      ...SMALL_REPO,
      'platform.yaml': strict,
      allowed_signers: '',
    });
    const zone = harness.open({ genesis });
    const status = await zone.until(isConvergedOn(genesis));
    expect(status.source.held).toBeNull();
    await zone.stop();
  });

  it('restores what somebody took away, without a new admission', async () => {
    const harness = createZoneHarness();
    const commit = await harness.commit(SMALL_REPO);
    const first = harness.open();
    await first.until(isConvergedOn(commit));
    await first.stop();
    expect(harness.executorWorld.breakSlot(refOf('Target', 'laptop'), 'cpu')).toBe(true);
    const second = harness.open();
    await second.until(isConvergedOn(commit));
    const [, heal] = harness.executorWorld.executions;
    expect(heal).toMatchObject({ action: 'update' });
    await second.stop();
  });
});
