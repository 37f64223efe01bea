import { describe, expect, it } from 'vitest';
import type { ZoneStatus } from '../../../reconciler/core/status/zone-status.ts';
import { SMALL_REPO, toDocument } from '../engine/zone-harness.ts';
import { createModelZone, reasonsOf } from './model-zone.ts';

type Files = Readonly<Record<string, string>>;

const toTeamDocument = (kind: string, name: string, spec: string) =>
  toDocument(kind, name, spec).replace(
    `{ name: ${name} }`,
    `{ name: ${name}, namespace: payments }`,
  );

const SOURCE = `{ connection: files, path: rows.csv, format: csv, eventTime: at, availability: { eventTime: true },
  columns: [{ name: customer, type: string }, { name: at, type: timestamp }, { name: amount, type: float64 }, { name: bad, type: boolean }] }`;

const toModel = (
  change: { seed?: number; minimum?: number; card?: string; retries?: number } = {},
) =>
  toTeamDocument(
    'Model',
    'fraud',
    `{ task: binary-classification, label: { source: rows, column: bad, maturity: 1d },
  features: [{ view: activity, names: [count_1d] }], requestFeatures: [{ name: amount }],
  training: { trainer: lightgbm, target: laptop, pool: cpu, seed: ${change.seed ?? 7}, retries: ${change.retries ?? 0},
    window: { asOf: "2026-06-01T00:00:00Z", length: 100d }, split: { validation: 10d, test: 10d } },
  gates: [{ metric: auc, minimum: ${change.minimum ?? 0.8} }], card: { owner: ${change.card ?? 'somebody'} } }`,
  );

const toRelease = (...versions: readonly (readonly [string, number])[]) => {
  const list = versions.map(
    ([version, percent]) => `{ version: "${version}", percent: ${percent} }`,
  );
  return toTeamDocument('Release', 'fraud', `{ endpoint: fraud, versions: [${list.join(', ')}] }`);
};

const REPO: Files = {
  ...SMALL_REPO,
  'namespaces/payments.yaml': toDocument('Namespace', 'payments', '{ owners: [payments-ml] }'),
  'environments/dev.yaml': toDocument('Environment', 'dev', '{ zone: ae, targets: [laptop] }'),
  'connections/files.yaml': toDocument('Connection', 'files', '{ zone: ae, type: folder }'),
  'trainers/lightgbm.yaml': toDocument('Trainer', 'lightgbm', '{ bundled: lightgbm }'),
  'entities/customer.yaml': toTeamDocument(
    'Entity',
    'customer',
    '{ keys: [{ name: customer, type: string }] }',
  ),
  'sources/rows.yaml': toTeamDocument('DataSource', 'rows', SOURCE),
  'views/activity.yaml': toTeamDocument(
    'FeatureView',
    'activity',
    '{ entity: customer, source: rows, features: [{ name: count_1d, aggregate: count, window: 1d }] }',
  ),
  'models/fraud.yaml': toModel(),
  'endpoints/fraud.yaml': toTeamDocument('Endpoint', 'fraud', '{ model: fraud, environment: dev }'),
};

const ROWS = 'customer,at,amount,bad\nc-1,2026-05-01T00:00:00Z,12.5,false\n';

const isConverged = (status: ZoneStatus) => status.isConverged;

type ModelZone = ReturnType<typeof createModelZone>;
type Running = ReturnType<ModelZone['open']>;

async function begin(change: (zone: ModelZone) => void = () => undefined) {
  const zone = createModelZone();
  zone.connections.put({ connection: 'files', path: 'rows.csv' }, Buffer.from(ROWS));
  change(zone);
  await zone.commit(REPO);
  const running = zone.open();
  return { zone, running };
}

/** Lets time pass in small steps until it is so. */
async function pass(
  { clock }: ModelZone,
  running: Running,
  isSo: (status: ZoneStatus) => boolean,
  maxSeconds = 120,
): Promise<void> {
  for (let second = 0; second < maxSeconds; second += 1) {
    for (let round = 0; round < 300; round += 1) await Promise.resolve();
    if (isSo(running.status())) return;
    await clock.advance(1_000);
  }
  throw new Error(`it does not come to that:\n${JSON.stringify(running.status(), null, 1)}`);
}

async function change(zone: ModelZone, running: Running, files: Files): Promise<void> {
  const revision = await zone.commit({ ...REPO, ...files });
  running.hint();
  await pass(
    zone,
    running,
    ({ source, isConverged: isDone }) => source.revision === revision && isDone,
  );
}

async function readVersions({ artifacts }: ModelZone): Promise<readonly string[]> {
  return (await artifacts.list('payments/fraud')).map(({ version }) => version);
}

const trainings = async (zone: ModelZone) =>
  (await zone.story('Model', 'fraud')).filter((line) => line === 'train succeeded').length;

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

  it('keeps the rows of a view that left Git for as long as a version is served from them', async () => {
    const { zone, running } = await begin();
    await pass(zone, running, isConverged);
    const [version = ''] = await readVersions(zone);
    const other = toModel({ seed: 8 }).replace('view: activity', 'view: spending');
    const spending = (REPO['views/activity.yaml'] ?? '').replace(
      'name: activity',
      'name: spending',
    );
    const released = {
      'releases/fraud.yaml': toRelease([version, 100]),
      'views/activity.yaml': '',
    };
    const revision = await zone.commit({
      ...REPO,
      ...released,
      'models/fraud.yaml': other,
      'views/spending.yaml': spending,
    });
    running.hint();
    await pass(zone, running, ({ source }) => source.revision === revision);
    await pass(zone, running, (status) => JSON.stringify(status).includes('P812'));
    expect(await zone.story('FeatureView', 'activity')).toEqual([
      'create succeeded',
      'delete failed',
    ]);
    const [newer = ''] = (await readVersions(zone)).filter((one) => one !== version);
    await zone.commit({
      ...REPO,
      ...released,
      'models/fraud.yaml': other,
      'views/spending.yaml': spending,
      'releases/fraud.yaml': toRelease([newer, 100]),
    });
    running.hint();
    await pass(zone, running, (status) =>
      reasonsOf(status, 'Release', 'fraud').includes('Loading'),
    );
    await zone.clock.advance(400_000);
    await pass(
      zone,
      running,
      (status) => reasonsOf(status, 'FeatureView', 'activity').length === 0,
    );
    expect((await zone.story('FeatureView', 'activity')).at(-1)).toBe('delete succeeded');
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
});
