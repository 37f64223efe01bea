import { describe, expect, it } from 'vitest';
import type { ZoneStatus } from '../../../reconciler/core/status/zone-status.ts';
import {
  acknowledge,
  begin,
  change,
  type Files,
  isConverged,
  type ModelZone,
  pass,
  REPO,
  ROWS,
  type Running,
  readVersions,
  toModel,
  toRelease,
} from './model-story.ts';
import { reasonsOf } from './model-zone.ts';

const VIEW = 'payments/activity';

const toView = (window: string, name = 'activity') =>
  (REPO['views/activity.yaml'] ?? '')
    .replace('window: 1d', `window: ${window}`)
    .replace('name: activity', `name: ${name}`);

const MORE_ROWS = `${ROWS}c-2,2026-05-02T00:00:00Z,7,true\n`;

const listRouted = async ({ routes }: ModelZone) =>
  (await routes.read()).endpoints.flatMap(({ versions }) => versions.map((one) => one.version));
const digestsOf = async ({ onlineFeatures }: ModelZone) =>
  (await onlineFeatures.listStates(VIEW)).map(({ definitionDigest }) => definitionDigest);
const snapshotsOf = async ({ onlineFeatures }: ModelZone) =>
  (await onlineFeatures.listStates(VIEW)).map(({ snapshotDigest }) => snapshotDigest);
const readAccepted = async ({ snapshots }: ModelZone) =>
  (await snapshots.readAccepted('payments/rows'))?.record.digest ?? '';
const reasonsOfView = (status: ZoneStatus) => reasonsOf(status, 'FeatureView', 'activity');

async function waitFor(zone: ModelZone, running: Running, isSo: () => Promise<boolean>) {
  for (let second = 0; second < 120; second += 1) {
    if (await isSo()) return;
    await zone.clock.advance(1_000);
    for (let round = 0; round < 300; round += 1) await Promise.resolve();
  }
  throw new Error(`it does not come to that:\n${JSON.stringify(running.status(), null, 1)}`);
}

/** Until the routes name the version; no node has said anything of them yet. */
async function route(zone: ModelZone, running: Running, version: string, files: Files = {}) {
  const all = { ...files, 'releases/fraud.yaml': toRelease([version, 100]) };
  await zone.commit({ ...REPO, ...all });
  running.hint();
  await waitFor(zone, running, async () => (await listRouted(zone)).includes(version));
}

/** Lets the file be another one, and waits until its snapshot is accepted. */
async function deliver(zone: ModelZone, running: Running, text: string): Promise<string> {
  const before = await readAccepted(zone);
  zone.connections.put({ connection: 'files', path: 'rows.csv' }, Buffer.from(text));
  await waitFor(zone, running, async () => (await readAccepted(zone)) !== before);
  return readAccepted(zone);
}

async function beginServing() {
  const { zone, running } = await begin();
  await pass(zone, running, isConverged);
  const [version = ''] = await readVersions(zone);
  await route(zone, running, version);
  await acknowledge(zone);
  const [definition = ''] = await digestsOf(zone);
  return { zone, running, version, definition };
}

/** The view means something else, and a second version is trained on that. */
async function retrain(zone: ModelZone, running: Running, version: string) {
  const files = {
    'views/activity.yaml': toView('2d'),
    'models/fraud.yaml': toModel({ seed: 8 }),
    'releases/fraud.yaml': toRelease([version, 100]),
  };
  await change(zone, running, files);
  const [next = ''] = (await readVersions(zone)).filter((one) => one !== version);
  return { files, next };
}

describe('features of what is served', () => {
  it('stay fresh by the definition of the version when the view means something else', async () => {
    const { zone, running, version, definition } = await beginServing();
    const { next } = await retrain(zone, running, version);
    expect(next).not.toBe('');
    expect(await digestsOf(zone)).toHaveLength(2);
    expect(await digestsOf(zone)).toContain(definition);
    const digest = await deliver(zone, running, MORE_ROWS);
    await waitFor(zone, running, async () =>
      (await snapshotsOf(zone)).every((one) => one === digest),
    );
    expect(await digestsOf(zone)).toHaveLength(2);
    await running.stop();
  });

  it('come from the snapshot that was accepted last, also when it reaches less far', async () => {
    const { zone, running } = await beginServing();
    const further = await deliver(zone, running, MORE_ROWS);
    await waitFor(zone, running, async () => (await snapshotsOf(zone)).includes(further));
    const corrected = await deliver(zone, running, ROWS.replace('12.5', '12'));
    await waitFor(zone, running, async () => (await snapshotsOf(zone)).includes(corrected));
    await zone.clock.advance(600_000);
    await pass(zone, running, isConverged);
    expect(await zone.story('FeatureView', 'activity')).toEqual([
      'create succeeded',
      'refresh succeeded',
      'refresh succeeded',
    ]);
    await running.stop();
  });

  it('go when no node needs them, and are made again for a version that comes back', async () => {
    const { zone, running, version, definition } = await beginServing();
    const { files, next } = await retrain(zone, running, version);
    await route(zone, running, next, files);
    await acknowledge(zone, [next]);
    await zone.clock.advance(60_000);
    await pass(zone, running, isConverged);
    // Its node could not load the next one, and goes on with the one before.
    expect(await digestsOf(zone)).toContain(definition);
    await acknowledge(zone);
    await waitFor(zone, running, async () => !(await digestsOf(zone)).includes(definition));
    expect(await digestsOf(zone)).toHaveLength(1);
    await route(zone, running, version, files);
    await waitFor(zone, running, async () => (await digestsOf(zone)).includes(definition));
    expect(await digestsOf(zone)).toHaveLength(2);
    await running.stop();
  });

  it('keep a view that left Git, fresh and without a record of trying, until another release', async () => {
    const { zone, running, version } = await beginServing();
    const renamed = {
      'views/activity.yaml': '',
      'views/spending.yaml': toView('1d', 'spending'),
      'models/fraud.yaml': toModel({ seed: 8 }).replace('view: activity', 'view: spending'),
    };
    await route(zone, running, version, renamed);
    await pass(zone, running, (status) => reasonsOfView(status).includes('StillServed'));
    await waitFor(zone, running, async () => (await readVersions(zone)).length === 2);
    await zone.clock.advance(3_600_000);
    expect(await zone.story('FeatureView', 'activity')).toEqual(['create succeeded']);
    const digest = await deliver(zone, running, MORE_ROWS);
    await waitFor(zone, running, async () => (await snapshotsOf(zone)).includes(digest));
    await running.stop();

    const restarted = zone.open();
    await pass(zone, restarted, (status) => reasonsOfView(status).includes('StillServed'));
    expect(JSON.stringify(restarted.status())).toContain('which payments/fraud serves');
    const [next = ''] = (await readVersions(zone)).filter((one) => one !== version);
    await route(zone, restarted, next, renamed);
    await zone.clock.advance(60_000);
    expect(await digestsOf(zone)).toHaveLength(1);
    await acknowledge(zone);
    await waitFor(zone, restarted, async () => (await digestsOf(zone)).length === 0);
    await pass(zone, restarted, (status) => reasonsOfView(status).length === 0);
    expect(await zone.story('FeatureView', 'activity')).toEqual([
      'create succeeded',
      'refresh succeeded',
      'delete succeeded',
    ]);
    await restarted.stop();
  });

  it('are said to be lacking when the definition of a served version is gone', async () => {
    const { zone, running, version } = await beginServing();
    await retrain(zone, running, version);
    await zone.onlineFeatures.remove(VIEW);
    await pass(zone, running, (status) => reasonsOfView(status).includes('ServedFeaturesLacking'));
    expect(JSON.stringify(running.status())).toContain('not in the store any more');
    await running.stop();
  });
});
