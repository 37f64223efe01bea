import type { Files } from './small-repo.ts';

/** A document of a namespaced kind; `lines` are its spec, from line 7 on. */
export function toRoomDocument(
  kind: string,
  name: string,
  lines: readonly string[],
  namespace = 'payments',
): string {
  return [
    'apiVersion: plumbline.dev/v1alpha1',
    `kind: ${kind}`,
    'metadata:',
    `  name: ${name}`,
    `  namespace: ${namespace}`,
    'spec:',
    ...lines.map((line) => `  ${line}`),
    '',
  ].join('\n');
}

/** The same for a kind of the whole platform: its spec begins on line 6. */
function toPlatformDocument(kind: string, name: string, lines: readonly string[]): string {
  return toRoomDocument(kind, name, lines).replace('  namespace: payments\n', '');
}

export const CONNECTION = toPlatformDocument('Connection', 'files', ['zone: ae', 'type: folder']);

export const ENTITY = toRoomDocument('Entity', 'customer', [
  'keys: [{name: customer_id, type: string}]',
]);

export const SOURCE = toRoomDocument('DataSource', 'transactions', [
  'connection: files',
  'path: folder/transactions.parquet',
  'format: parquet',
  'columns:',
  '  - {name: customer_id, type: string}',
  '  - {name: event_time, type: timestamp}',
  '  - {name: amount, type: float64, minimum: 0, maximum: 100}',
  '  - {name: channel, type: string, values: [chip, atm]}',
  '  - {name: is_fraud, type: boolean}',
  'eventTime: event_time',
  'availability: {delay: 6h}',
]);

export const VIEW = toRoomDocument('FeatureView', 'activity', [
  'entity: customer',
  'source: transactions',
  'features:',
  '  - {name: count_7d, aggregate: count, window: 7d}',
  '  - {name: sum_7d, aggregate: sum, column: amount, window: 7d}',
  '  - {name: last_channel, column: channel, categories: [chip, atm]}',
]);

export const TRAINER = toPlatformDocument('Trainer', 'lightgbm', ['bundled: lightgbm']);

export const MODEL = toRoomDocument('Model', 'fraud', [
  'task: binary-classification',
  'label: {source: transactions, column: is_fraud, maturity: 14d}',
  'features: [{view: activity, names: [sum_7d, count_7d]}]',
  'requestFeatures:',
  '  - {name: amount}',
  '  - {name: way, column: channel, categories: [chip, atm]}',
  'training:',
  '  trainer: lightgbm',
  '  window: {asOf: 2026-06-01T00:00:00Z, length: 200d}',
  '  split: {validation: 21d, test: 30d}',
  '  target: laptop',
  '  pool: cpu',
  'evaluation: {slices: [channel]}',
  'gates: [{metric: auc, minimum: 0.7, slice: {column: channel, value: chip}}]',
]);

export const ENDPOINT = toRoomDocument('Endpoint', 'fraud', ['model: fraud', 'environment: dev']);

export const DIGEST = `sha256:${'ab'.repeat(32)}`;

export const RELEASE = toRoomDocument('Release', 'fraud', [
  'endpoint: fraud',
  `versions: [{version: "${DIGEST}", percent: 100}]`,
]);

/** What the small repo needs to have a model: one resource a file, without a mistake. */
export const MODEL_FILES: Files = {
  'connection.yaml': CONNECTION,
  'entity.yaml': ENTITY,
  'source.yaml': SOURCE,
  'view.yaml': VIEW,
  'trainer.yaml': TRAINER,
  'model.yaml': MODEL,
  'endpoint.yaml': ENDPOINT,
  'release.yaml': RELEASE,
};
