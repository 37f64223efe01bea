import fc from 'fast-check';
import { type AnyDocument, toAnyDocument } from './any-document.ts';

/** Everything stands in the namespace `payments`, and most of it in the zone `ae`. */
function inRoom(kind: string, name: string, spec: AnyDocument['spec']): AnyDocument {
  return toAnyDocument(kind, name, spec, 'payments');
}

const COLUMNS = [
  { name: 'customer_id', type: 'string' },
  { name: 'event_time', type: 'timestamp' },
  { name: 'amount', type: 'float64' },
  { name: 'channel', type: 'string', values: ['chip', 'atm'] },
  { name: 'is_fraud', type: 'boolean' },
];

const columns = fc
  .tuple(
    fc.shuffledSubarray(COLUMNS, { minLength: 5 }),
    fc.shuffledSubarray(['chip', 'atm'], { minLength: 2 }),
  )
  .map(([some, values]) =>
    some.map((column) => (column.values === undefined ? column : { ...column, values })),
  );

const FEATURES = [
  { name: 'count_7d', aggregate: 'count', window: '7d' },
  { name: 'sum_7d', aggregate: 'sum', column: 'amount', window: '7d' },
  { name: 'last_amount', column: 'amount' },
  { name: 'last_channel', column: 'channel', categories: ['atm', 'chip'] },
];

const features = fc.shuffledSubarray(FEATURES, { minLength: 2 });
const names = fc.shuffledSubarray(
  FEATURES.map(({ name }) => name),
  { minLength: 1, maxLength: 2 },
);

const data = fc
  .record({ columns, features, isOnline: fc.boolean(), zone: fc.constantFrom('ae', 'ae', 'eu') })
  .map(({ columns: all, features: some, isOnline, zone }) => [
    toAnyDocument('Connection', 'files', { zone, type: 'folder' }),
    inRoom('Entity', 'customer', { keys: [{ name: 'customer_id', type: 'string' }] }),
    inRoom('DataSource', 'rows', {
      connection: 'files',
      path: 'rows.csv',
      format: 'csv',
      columns: all,
      eventTime: 'event_time',
      availability: { eventTime: true },
    }),
    inRoom('FeatureView', 'view', {
      entity: 'customer',
      source: 'rows',
      features: some,
      ...(isOnline ? {} : { online: false }),
    }),
    toAnyDocument('Trainer', 'lightgbm', { bundled: 'lightgbm' }),
  ]);

function toModel(name: string, used: readonly string[], more: AnyDocument['spec']): AnyDocument {
  return inRoom('Model', name, {
    task: 'binary-classification',
    label: { source: 'rows', column: 'is_fraud', maturity: '14d' },
    features: [{ view: 'view', names: used }],
    training: {
      trainer: 'lightgbm',
      window: { asOf: '2026-06-01T00:00:00Z', length: '200d' },
      split: { validation: '21d', test: '30d' },
      target: 'm0',
      pool: 'cpu',
    },
    ...more,
  });
}

const models = fc
  .record({ names, others: names, hasColumn: fc.boolean(), percent: fc.nat({ max: 101 }) })
  .map(({ names: used, others, hasColumn, percent }) => {
    const column = hasColumn ? { column: 'amount' } : {};
    const versions = [
      { version: `sha256:${'ab'.repeat(32)}`, percent },
      { version: `sha256:${'01'.repeat(32)}`, percent: percent === 101 ? 1 : 100 - percent },
    ];
    const pools = [{ name: 'cpu', device: 'cpu', slots: 1 }];
    return [
      toAnyDocument('Target', 'm0', { zone: 'ae', executor: 'process', pools }),
      toModel('one', used, { requestFeatures: [{ name: 'amount', ...column }] }),
      toModel('two', others, { evaluation: { slices: ['channel', 'amount'] } }),
      inRoom('Endpoint', 'one', { model: 'one', environment: 'e0' }),
      ...(percent === 101 ? [] : [inRoom('Release', 'one', { endpoint: 'one', versions })]),
    ];
  });

/**
 * A connection, a source, a view, two models, an endpoint and a release. They do not always fit: a
 * model may want a feature that the view does not have, and the data may lie in another zone.
 */
export const anyModelDocuments: fc.Arbitrary<readonly AnyDocument[]> = fc
  .tuple(data, models)
  .map(([below, above]) => [...below, ...above]);
