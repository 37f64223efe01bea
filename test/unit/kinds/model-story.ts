import type { ZoneStatus } from '../../../reconciler/core/status/zone-status.ts';
import { SMALL_REPO, toDocument } from '../engine/zone-harness.ts';
import { createModelZone, type Plant } from './model-zone.ts';

export type Files = Readonly<Record<string, string>>;

export const toTeamDocument = (kind: string, name: string, spec: string) =>
  toDocument(kind, name, spec).replace(
    `{ name: ${name} }`,
    `{ name: ${name}, namespace: payments }`,
  );

const SOURCE = `{ connection: files, path: rows.csv, format: csv, eventTime: at, availability: { eventTime: true },
  columns: [{ name: customer, type: string }, { name: at, type: timestamp }, { name: amount, type: float64 }, { name: bad, type: boolean }] }`;

export const toModel = (
  change: {
    seed?: number;
    minimum?: number;
    card?: string;
    retries?: number;
    asOf?: string;
    retrain?: boolean;
  } = {},
) =>
  toTeamDocument(
    'Model',
    'fraud',
    `{ task: binary-classification, label: { source: rows, column: bad, maturity: 1d },
  features: [{ view: activity, names: [count_1d] }], requestFeatures: [{ name: amount }],
  training: { trainer: lightgbm, target: laptop, pool: cpu, seed: ${change.seed ?? 7}, retries: ${change.retries ?? 0},
    window: { asOf: "${change.asOf ?? '2026-06-01T00:00:00Z'}", length: 100d }, split: { validation: 10d, test: 10d } },
  gates: [{ metric: auc, minimum: ${change.minimum ?? 0.8} }], card: { owner: ${change.card ?? 'somebody'} }
  ${change.retrain === true ? ', retrain: { mode: train-then-propose }' : ''} }`,
  );

export const toRelease = (...versions: readonly (readonly [string, number])[]) => {
  const list = versions.map(
    ([version, percent]) => `{ version: "${version}", percent: ${percent} }`,
  );
  return toTeamDocument('Release', 'fraud', `{ endpoint: fraud, versions: [${list.join(', ')}] }`);
};

export const REPO: Files = {
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

export const ROWS = 'customer,at,amount,bad\nc-1,2026-05-01T00:00:00Z,12.5,false\n';

export const isConverged = (status: ZoneStatus) => status.isConverged;

export type ModelZone = ReturnType<typeof createModelZone>;
export type Running = ReturnType<ModelZone['open']>;

export async function begin(change: (zone: ModelZone) => void = () => undefined, plant?: Plant) {
  const zone = createModelZone(plant);
  zone.connections.put({ connection: 'files', path: 'rows.csv' }, Buffer.from(ROWS));
  change(zone);
  await zone.commit(REPO);
  const running = zone.open();
  return { zone, running };
}

/** Lets time pass in small steps until it is so. */
export async function pass(
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

export async function change(zone: ModelZone, running: Running, files: Files): Promise<void> {
  const revision = await zone.commit({ ...REPO, ...files });
  running.hint();
  await pass(
    zone,
    running,
    ({ source, isConverged: isDone }) => source.revision === revision && isDone,
  );
}

export async function readVersions({ artifacts }: ModelZone): Promise<readonly string[]> {
  return (await artifacts.list('payments/fraud')).map(({ version }) => version);
}

export const trainings = async (zone: ModelZone) =>
  (await zone.story('Model', 'fraud')).filter((line) => line === 'train succeeded').length;

/** What a node says of the routes in force, once it has tried to load all that they name. */
export async function acknowledge(
  { routes }: Pick<ModelZone, 'routes'>,
  failed: readonly string[] = [],
): Promise<number> {
  const { revision, endpoints } = await routes.read();
  const named = endpoints.flatMap(({ versions }) => versions.map(({ version }) => version));
  await routes.acknowledge({
    ...{ v: 1, zone: 'ae', node: 'serve-ae', boot: 'one', revision },
    loaded: named.filter((version) => !failed.includes(version)),
    failed: failed.map((version) => ({ version, why: 'P804 it cannot be loaded' })),
  });
  return revision;
}
