import { describe, expect, it } from 'vitest';
import {
  begin,
  change,
  isConverged,
  pass,
  REPO,
  ROWS,
  readVersions,
  toModel,
  toRelease,
  trainings,
} from './model-story.ts';
import { reasonsOf } from './model-zone.ts';

describe('a zone with a model', () => {
  it('goes from a file to a published version, and serves nobody', async () => {
    const { zone, running } = await begin();
    await pass(zone, running, isConverged);
    expect(await zone.story('Model', 'fraud')).toEqual(['train succeeded', 'publish succeeded']);
    expect(await readVersions(zone)).toHaveLength(1);
    expect(reasonsOf(running.status(), 'Endpoint', 'fraud')).toEqual(['AwaitingRelease']);
    expect(zone.machine.nodes.size).toBe(0);
    await running.stop();
  });

  it('is not converged while it trains, and says where it is', async () => {
    let isDone = false;
    const { zone, running } = await begin((made) => {
      made.programs.end = () => (isDone ? { exitCode: 0, said: null } : 'working');
    });
    await pass(zone, running, (status) => reasonsOf(status, 'Model', 'fraud').includes('Training'));
    await zone.clock.advance(60_000);
    expect(running.status().isConverged).toBe(false);
    isDone = true;
    await pass(zone, running, isConverged);
    await running.stop();
  });

  it('writes down what a changed gate came to', async () => {
    const { zone, running } = await begin();
    await pass(zone, running, isConverged);
    await change(zone, running, { 'models/fraud.yaml': toModel({ minimum: 0.85 }) });
    expect((await zone.titles('Model', 'fraud')).at(-1)).toContain('stays: auc is 0.9');
    await running.stop();
  });

  it('trains nothing for a card or a gate, and once for a seed', async () => {
    const { zone, running } = await begin();
    await pass(zone, running, isConverged);
    await change(zone, running, { 'models/fraud.yaml': toModel({ card: 'another' }) });
    await change(zone, running, { 'models/fraud.yaml': toModel({ minimum: 0.85 }) });
    expect(await trainings(zone)).toBe(1);
    expect(await readVersions(zone)).toHaveLength(1);
    await change(zone, running, { 'models/fraud.yaml': toModel({ seed: 8 }) });
    expect(await trainings(zone)).toBe(2);
    expect(await readVersions(zone)).toHaveLength(2);
    await running.stop();
  });

  it('trains nothing for a new snapshot of its data', async () => {
    const { zone, running } = await begin();
    await pass(zone, running, isConverged);
    const more = `${ROWS}c-2,2026-05-02T00:00:00Z,7,true\n`;
    zone.connections.put({ connection: 'files', path: 'rows.csv' }, Buffer.from(more));
    await zone.clock.advance(300_000);
    await pass(zone, running, isConverged);
    expect(await zone.story('DataSource', 'rows')).toEqual([
      'create succeeded',
      'refresh succeeded',
    ]);
    expect(await zone.story('FeatureView', 'activity')).toEqual([
      'create succeeded',
      'refresh succeeded',
    ]);
    expect(await trainings(zone)).toBe(1);
    await running.stop();
  });

  it('does nothing again after a restart, also in the middle of a training', async () => {
    let isDone = false;
    const { zone, running } = await begin((made) => {
      made.programs.end = () => (isDone ? { exitCode: 0, said: null } : 'working');
    });
    await pass(zone, running, (status) => reasonsOf(status, 'Model', 'fraud').includes('Training'));
    await running.stop();
    isDone = true;
    const next = zone.open();
    await pass(zone, next, isConverged);
    expect(await zone.story('Model', 'fraud')).toEqual(['train succeeded', 'publish succeeded']);
    await next.stop();
  });

  it('publishes nothing that misses a gate, says which, and leaves it at one record', async () => {
    const { zone, running } = await begin((made) => {
      made.programs.auc = 0.7;
    });
    await pass(zone, running, isConverged);
    expect(reasonsOf(running.status(), 'Model', 'fraud')).toEqual(['GateNotPassed']);
    expect(await readVersions(zone)).toEqual([]);
    await zone.clock.advance(3_600_000);
    await pass(zone, running, isConverged);
    expect(await zone.story('Model', 'fraud')).toEqual(['train succeeded', 'publish failed']);
    await change(zone, running, { 'models/fraud.yaml': toModel({ minimum: 0.6 }) });
    expect(await trainings(zone)).toBe(1);
    expect(await readVersions(zone)).toHaveLength(1);
    await running.stop();
  });

  it('starts a node for a release, and is ready when the node says so', async () => {
    const { zone, running } = await begin();
    await pass(zone, running, isConverged);
    const [version = ''] = await readVersions(zone);
    const files = { 'releases/fraud.yaml': toRelease([version, 100]) };
    const revision = await zone.commit({ ...REPO, ...files });
    running.hint();
    await pass(zone, running, (status) =>
      reasonsOf(status, 'Release', 'fraud').includes('Loading'),
    );
    expect(running.status().isConverged).toBe(false);
    await pass(zone, running, () => zone.machine.nodes.has('serve-ae'));
    const table = await zone.routes.read();
    await zone.routes.acknowledge({
      ...{ v: 1, zone: 'ae', node: 'serve-ae', boot: 'one', revision: table.revision },
      ...{ loaded: [version], failed: [] },
    });
    await pass(
      zone,
      running,
      ({ source, isConverged: isDone }) => source.revision === revision && isDone,
    );
    expect(reasonsOf(running.status(), 'Release', 'fraud')).toEqual(['Converged']);
    expect(table.endpoints[0]?.versions).toEqual([{ version, percent: 100 }]);
    zone.machine.nodes.clear();
    await zone.clock.advance(5_000);
    await pass(zone, running, () => zone.machine.nodes.size === 1);
    await running.stop();
  });

  it('says that its version knows an older definition of a view', async () => {
    const { zone, running } = await begin();
    await pass(zone, running, isConverged);
    const wider = (REPO['views/activity.yaml'] ?? '').replace('window: 1d', 'window: 2d');
    await change(zone, running, { 'views/activity.yaml': wider });
    await zone.clock.advance(120_000);
    await pass(zone, running, (status) =>
      reasonsOf(status, 'Model', 'fraud').includes('TrainedOnOlderFeatures'),
    );
    expect(await trainings(zone)).toBe(1);
    await running.stop();
  });

  it('refuses a release of what is not there, and keeps what was', async () => {
    const { zone, running } = await begin();
    await pass(zone, running, isConverged);
    const nothing = `sha256:${'0'.repeat(64)}`;
    await change(zone, running, { 'releases/fraud.yaml': toRelease([nothing, 100]) });
    expect(await zone.story('Release', 'fraud')).toEqual(['create failed']);
    expect(JSON.stringify(running.status())).toContain('P807');
    expect((await zone.routes.read()).endpoints[0]?.versions).toEqual([]);
    await running.stop();
  });
});
