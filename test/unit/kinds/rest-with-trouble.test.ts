import { describe, expect, it } from 'vitest';
import type { ZoneStatus } from '../../../reconciler/core/status/zone-status.ts';
import {
  acknowledge,
  begin,
  change,
  isConverged,
  type ModelZone,
  pass,
  REPO,
  type Running,
  readVersions,
  toModel,
  toRelease,
} from './model-story.ts';
import { reasonsOf } from './model-zone.ts';

async function beginServed() {
  const { zone, running } = await begin();
  await pass(zone, running, isConverged);
  const [version = ''] = await readVersions(zone);
  const files = { 'releases/fraud.yaml': toRelease([version, 100]) };
  await zone.commit({ ...REPO, ...files });
  running.hint();
  await pass(zone, running, () => zone.machine.nodes.has('serve-ae'));
  await acknowledge(zone);
  await pass(zone, running, (status) => reasonsOf(status, 'Release', 'fraud')[0] === 'Converged');
  return { zone, running, version, files };
}

function messageOf(status: ZoneStatus, kind: string, name: string): string {
  const found = status.resources.find(({ ref }) => ref.kind === kind && ref.name === name);
  return found?.conditions.map(({ message }) => message).join() ?? '';
}

const becomes = (zone: ModelZone, running: Running, reason: string) =>
  pass(zone, running, (status) => reasonsOf(status, 'Release', 'fraud')[0] === reason);

describe('a release that was right when it was written', () => {
  it('says that its endpoint serves another model by now, and goes back with it', async () => {
    const { zone, running, files } = await beginServed();
    const others = {
      ...files,
      'models/other.yaml': toModel({ seed: 8 }).replace('{ name: fraud,', '{ name: other,'),
    };
    const endpoint = REPO['endpoints/fraud.yaml']?.replace('model: fraud', 'model: other') ?? '';
    await zone.commit({ ...REPO, ...others, 'endpoints/fraud.yaml': endpoint });
    running.hint();
    await becomes(zone, running, 'VersionOfAnotherModel');
    await acknowledge(zone);
    await zone.clock.advance(330_000);
    await pass(zone, running, isConverged);
    const status = running.status();
    expect(reasonsOf(status, 'Release', 'fraud')).toEqual(['VersionOfAnotherModel']);
    expect(messageOf(status, 'Release', 'fraud')).toContain(
      'a version of the model payments/fraud',
    );
    expect(messageOf(status, 'Release', 'fraud')).toContain('serves payments/other by now');
    expect(await zone.story('Release', 'fraud')).toEqual(['create succeeded']);
    await zone.commit({ ...REPO, ...others });
    running.hint();
    await becomes(zone, running, 'Loading');
    await acknowledge(zone);
    await becomes(zone, running, 'Converged');
    expect(await zone.story('Release', 'fraud')).toEqual(['create succeeded']);
    await running.stop();
  });

  it('says that its version is not in the store any more, until it is again', async () => {
    const { zone, running, version, files } = await beginServed();
    // The model has moved on, and nobody makes this version again.
    await change(zone, running, { ...files, 'models/fraud.yaml': toModel({ seed: 8 }) });
    const stored = zone.versions.get(version);
    zone.versions.delete(version);
    await zone.clock.advance(90_000);
    await becomes(zone, running, 'VersionLost');
    await zone.clock.advance(330_000);
    await pass(zone, running, isConverged);
    expect(messageOf(running.status(), 'Release', 'fraud')).toContain(version.slice(0, 19));
    if (stored !== undefined) zone.versions.set(version, stored);
    await becomes(zone, running, 'Converged');
    expect(await zone.story('Release', 'fraud')).toEqual(['create succeeded']);
    await running.stop();
  });

  it('says that its version is damaged, as it says that it is lost', async () => {
    const { zone, running, version } = await beginServed();
    const stored = zone.versions.get(version);
    if (stored !== undefined) zone.versions.set(version, { ...stored, modelFile: 'memory:/none' });
    await zone.clock.advance(90_000);
    await becomes(zone, running, 'VersionLost');
    await running.stop();
  });
});

describe('a source whose file is gone', () => {
  it('says so, stays ready with what it accepted, and is as ever when the file is back', async () => {
    const { zone, running } = await begin();
    await pass(zone, running, isConverged);
    const reasons = () => reasonsOf(running.status(), 'DataSource', 'rows');
    const file = await zone.connections.locate({ connection: 'files', path: 'rows.csv' });
    const rows = zone.files.get(file) ?? new Uint8Array();
    zone.files.delete(file);
    await pass(zone, running, () => reasons()[0] === 'InputMissing');
    const said = messageOf(running.status(), 'DataSource', 'rows');
    expect(said).toContain('"rows.csv" of the connection files');
    expect(said).toContain('the accepted snapshot stays in force');
    await change(zone, running, { 'models/fraud.yaml': toModel({ seed: 8 }) });
    expect(await readVersions(zone)).toHaveLength(2);
    zone.files.set(file, rows);
    await pass(zone, running, () => reasons()[0] === 'Converged');
    expect(await zone.story('DataSource', 'rows')).toEqual(['create succeeded']);
    await running.stop();
  });
});
