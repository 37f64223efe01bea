import { describe, expect, it } from 'vitest';
import type { ZoneStatus } from '../../../reconciler/core/status/zone-status.ts';
import {
  begin,
  change,
  isConverged,
  pass,
  REPO,
  ROWS,
  readVersions,
  toModel,
  trainings,
} from './model-story.ts';
import { reasonsOf } from './model-zone.ts';

describe('a model that is trained again, or is not', () => {
  it('comes back to a definition whose run was cancelled for another', async () => {
    let isDone = false;
    const { zone, running } = await begin((made) => {
      made.programs.end = () => (isDone ? { exitCode: 0, said: null } : 'working');
    });
    const isTraining = (status: ZoneStatus) =>
      reasonsOf(status, 'Model', 'fraud').includes('Training');
    await pass(zone, running, isTraining);
    for (const seed of [8, 7]) {
      const files = { ...REPO, 'models/fraud.yaml': toModel({ seed }) };
      const revision = await zone.commit(files);
      running.hint();
      await pass(
        zone,
        running,
        (status) => status.source.revision === revision && isTraining(status),
      );
      await zone.clock.advance(10_000);
    }
    isDone = true;
    await pass(zone, running, isConverged);
    expect(reasonsOf(running.status(), 'Model', 'fraud')).toEqual(['Converged']);
    expect(await readVersions(zone)).toHaveLength(1);
    await running.stop();
  });

  it('needs no run to come back to a version that is in the store', async () => {
    const { zone, running } = await begin();
    await pass(zone, running, isConverged);
    await change(zone, running, { 'models/fraud.yaml': toModel({ seed: 8 }) });
    const begun = zone.begun.length;
    await change(zone, running, { 'models/fraud.yaml': toModel({ seed: 7 }) });
    expect(zone.begun).toHaveLength(begun);
    expect(await readVersions(zone)).toHaveLength(2);
    expect(reasonsOf(running.status(), 'Model', 'fraud')).toEqual(['Converged']);
    await running.stop();
  });

  it('tries a failed run again when it may be tried more often, or its data has changed', async () => {
    let isBad = true;
    const { zone, running } = await begin((made) => {
      made.programs.end = () =>
        isBad ? { exitCode: 10, said: 'the data is bad' } : { exitCode: 0, said: null };
    });
    await pass(zone, running, isConverged);
    await change(zone, running, { 'models/fraud.yaml': toModel({ retries: 1 }) });
    expect(await trainings(zone)).toBe(2);
    expect(reasonsOf(running.status(), 'Model', 'fraud')).toEqual(['RunFailed']);
    isBad = false;
    const better = `${ROWS}c-2,2026-05-02T00:00:00Z,7,true\n`;
    zone.connections.put({ connection: 'files', path: 'rows.csv' }, Buffer.from(better));
    await zone.clock.advance(400_000);
    await pass(zone, running, (status) =>
      reasonsOf(status, 'Model', 'fraud').includes('Converged'),
    );
    expect(await readVersions(zone)).toHaveLength(1);
    await running.stop();
  });

  it('makes a lost version again from the data of then', async () => {
    const { zone, running } = await begin();
    await pass(zone, running, isConverged);
    const versions = await readVersions(zone);
    const more = `${ROWS}c-2,2026-05-02T00:00:00Z,7,true\n`;
    zone.connections.put({ connection: 'files', path: 'rows.csv' }, Buffer.from(more));
    await zone.clock.advance(300_000);
    await pass(zone, running, isConverged);
    zone.versions.clear();
    await zone.runs.remove({ holder: 'nobody', epoch: 1 }, zone.begun[0] ?? '');
    await zone.clock.advance(120_000);
    await pass(zone, running, (status) => isConverged(status) && zone.versions.size > 0);
    expect(await readVersions(zone)).toEqual(versions);
    await running.stop();
  });

  it('stops the run of a model that left Git', async () => {
    const { zone, running } = await begin((made) => {
      made.programs.end = () => 'working';
    });
    await pass(zone, running, (status) => reasonsOf(status, 'Model', 'fraud').includes('Training'));
    const { 'models/fraud.yaml': _model, 'endpoints/fraud.yaml': _endpoint, ...rest } = REPO;
    await zone.commit({ ...rest, 'models/fraud.yaml': '', 'endpoints/fraud.yaml': '' });
    running.hint();
    const [runKey = ''] = await zone.runs.list();
    await zone.clock.advance(60_000);
    await pass(zone, running, isConverged);
    expect((await zone.runs.observe(runKey)).state).toBe('failed');
    expect(await zone.story('Model', 'fraud')).toEqual(['train succeeded', 'retire succeeded']);
    await running.stop();
  });

  it('says why a run failed, and tries only another definition', async () => {
    const { zone, running } = await begin((made) => {
      made.programs.end = ({ seed }) =>
        seed === 7
          ? { exitCode: 10, said: 'num_leaves is no number' }
          : { exitCode: 0, said: null };
    });
    await pass(zone, running, isConverged);
    expect(reasonsOf(running.status(), 'Model', 'fraud')).toEqual(['RunFailed']);
    expect(JSON.stringify(running.status())).toContain('num_leaves is no number');
    await zone.clock.advance(3_600_000);
    await pass(zone, running, isConverged);
    expect(await trainings(zone)).toBe(1);
    await change(zone, running, { 'models/fraud.yaml': toModel({ seed: 8 }) });
    expect(await readVersions(zone)).toHaveLength(1);
    await running.stop();
  });
});
