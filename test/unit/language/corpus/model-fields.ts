import {
  CONNECTION,
  DIGEST,
  ENTITY,
  MODEL,
  MODEL_FILES,
  RELEASE,
  SOURCE,
  VIEW,
} from '../model-repo.ts';
import type { CorpusCase } from './case.ts';

const RELEASED = ['Endpoint/fraud', 'Model/fraud', 'Release/fraud'];
const VIEWED = ['Endpoint/fraud', 'FeatureView/activity', 'Model/fraud', 'Release/fraud'];
const SOURCED = ['DataSource/transactions', ...VIEWED];

/** One document of the repo with a model is written otherwise; what stands on it waits. */
function changed(
  name: string,
  file: string,
  text: string,
  own: readonly string[],
  heldBack: readonly string[],
): CorpusCase {
  const waiting: Readonly<Record<string, readonly string[]>> = {
    'connection.yaml': ['source.yaml:7:15 P205', ...above('source.yaml')],
    'source.yaml': above('source.yaml'),
    'entity.yaml': above('entity.yaml'),
    'view.yaml': above('view.yaml'),
    'model.yaml': above('model.yaml'),
    'release.yaml': [],
  };
  const places = [...own.map((place) => `${file}:${place}`), ...(waiting[file] ?? [])];
  return { name, files: { ...MODEL_FILES, [file]: text }, places: places.sort(byFile), heldBack };
}

function above(file: string): readonly string[] {
  const endpoint = ['endpoint.yaml:7:10 P205', 'release.yaml:7:13 P205'];
  if (file === 'model.yaml') return endpoint;
  if (file === 'view.yaml') return [...endpoint, 'model.yaml:9:21 P205'];
  if (file === 'entity.yaml') return [...above('view.yaml'), 'view.yaml:7:11 P205'];
  return [...endpoint, 'model.yaml:8:19 P205', 'view.yaml:8:11 P205'];
}

function byFile(left: string, right: string): number {
  const [a = '', line = ''] = left.split(':');
  const [b = '', other = ''] = right.split(':');
  return a === b ? Number(line) - Number(other) : a < b ? -1 : 1;
}

const CONNECTED = SOURCED.toSpliced(0, 0, 'Connection/files');

const CONNECTION_CASES: readonly CorpusCase[] = [
  changed(
    'a synthetic connection that does not say what is made up',
    'connection.yaml',
    CONNECTION.replace('type: folder', 'type: synthetic'),
    ['5:1 P112'],
    CONNECTED,
  ),
  changed(
    'a folder with something made up',
    'connection.yaml',
    `${CONNECTION}  synthetic: {scenario: card-fraud, seed: 7, asOf: 2026-06-01T00:00:00Z}\n`,
    ['8:3 P115'],
    CONNECTED,
  ),
  changed(
    'a made-up story that ends on a day that there is not',
    'connection.yaml',
    `${CONNECTION.replace('type: folder', 'type: synthetic')}  synthetic: {scenario: card-fraud, seed: 7, asOf: 2026-02-30T00:00:00Z}\n`,
    ['8:52 P113'],
    CONNECTED,
  ),
  changed(
    'a made-up story of another kind, too long, that ends in local time',
    'connection.yaml',
    `${CONNECTION.replace('type: folder', 'type: synthetic')}  synthetic: {scenario: card, seed: -1, asOf: 2026-06-01T00:00:00+04:00, days: 731}\n`,
    ['8:25 P113', '8:37 P113', '8:47 P113', '8:80 P113'],
    CONNECTED,
  ),
  changed(
    'a made-up story of more customers than its days allow',
    'connection.yaml',
    `${CONNECTION.replace('type: folder', 'type: synthetic')}  synthetic: {scenario: card-fraud, seed: 7, asOf: 2026-06-01T00:00:00Z, days: 30, customers: 66667}\n`,
    ['8:95 P207'],
    CONNECTED,
  ),
];

const ENTITY_CASES: readonly CorpusCase[] = [
  changed(
    'a key twice',
    'entity.yaml',
    ENTITY.replace('}]', '}, {name: customer_id, type: int64}]'),
    ['7:52 P113'],
    ['Endpoint/fraud', 'Entity/customer', 'FeatureView/activity', 'Model/fraud', 'Release/fraud'],
  ),
];

const SOURCE_CASES: readonly CorpusCase[] = [
  ...['../escape.csv', '/etc/passwd', 'a//b', 'a/', 'a/./b', '.hidden', 'a/..', 'C:\\a', 'a b'].map(
    (path) =>
      changed(
        `the path ${path}`,
        'source.yaml',
        SOURCE.replace('folder/transactions.parquet', `'${path}'`),
        ['8:9 P113'],
        SOURCED,
      ),
  ),
  changed(
    'limits of what is no number, and values of what is no text',
    'source.yaml',
    SOURCE.replace('type: timestamp}', 'type: timestamp, maximum: 3, values: [a]}'),
    ['12:43 P115', '12:55 P115'],
    SOURCED,
  ),
  changed(
    'a minimum above the maximum',
    'source.yaml',
    SOURCE.replace('minimum: 0', 'minimum: 101'),
    ['13:46 P207'],
    SOURCED,
  ),
  changed(
    'a column twice',
    'source.yaml',
    SOURCE.replace('name: channel', 'name: amount'),
    ['14:14 P113'],
    SOURCED,
  ),
  changed(
    'a column with the mark of our own ones',
    'source.yaml',
    SOURCE.replace('name: is_fraud', 'name: __at'),
    ['15:14 P113'],
    SOURCED,
  ),
  changed(
    'an event time that is no column',
    'source.yaml',
    SOURCE.replace('eventTime: event_time', 'eventTime: time'),
    ['16:14 P207'],
    SOURCED,
  ),
  changed(
    'an event time that may be missing',
    'source.yaml',
    SOURCE.replace('type: timestamp}', 'type: timestamp, nullable: true}'),
    ['16:14 P207'],
    SOURCED,
  ),
  changed(
    'an availability that is no timestamp',
    'source.yaml',
    SOURCE.replace('{delay: 6h}', '{column: amount}'),
    ['17:26 P207'],
    SOURCED,
  ),
  changed(
    'no availability',
    'source.yaml',
    SOURCE.replace('{delay: 6h}', '{}'),
    ['17:3 P112'],
    SOURCED,
  ),
  changed(
    'two availabilities',
    'source.yaml',
    SOURCE.replace('{delay: 6h}', '{eventTime: true, delay: 6h}'),
    ['17:18 P115'],
    SOURCED,
  ),
  changed(
    'an availability that is denied, and a delay without a unit',
    'source.yaml',
    SOURCE.replace('{delay: 6h}', '{eventTime: false, delay: 6}'),
    ['17:29 P113', '17:43 P113'],
    SOURCED,
  ),
];

const VIEW_CASES: readonly CorpusCase[] = [
  changed(
    'an aggregate without a window, and a count of a column',
    'view.yaml',
    VIEW.replace('aggregate: count, window: 7d', 'aggregate: count, column: amount'),
    ['10:7 P112', '10:42 P115'],
    VIEWED,
  ),
  changed(
    'a sum of no column, with categories',
    'view.yaml',
    VIEW.replace('column: amount', 'categories: [a]'),
    ['11:7 P112', '11:38 P115'],
    VIEWED,
  ),
  changed(
    'a latest value of no column, with a window',
    'view.yaml',
    VIEW.replace('column: channel', 'window: 1d'),
    ['12:7 P112', '12:28 P115'],
    VIEWED,
  ),
  changed(
    'a feature twice, and a window of nothing',
    'view.yaml',
    VIEW.replace('sum_7d', 'count_7d').replace('column: amount, window: 7d', 'window: 0d'),
    ['11:48 P113'],
    VIEWED,
  ),
  changed(
    'a feature twice',
    'view.yaml',
    VIEW.replace('last_channel', 'sum_7d'),
    ['12:14 P113'],
    VIEWED,
  ),
];

const MODEL_CASES: readonly CorpusCase[] = [
  changed(
    'a feature of a view that the request brings too',
    'model.yaml',
    MODEL.replace('{name: amount}', '{name: sum_7d, column: amount}'),
    ['11:14 P207'],
    RELEASED,
  ),
  changed(
    'a view twice',
    'model.yaml',
    MODEL.replace('count_7d]}', 'count_7d]}, {view: activity, names: [last_channel]}'),
    ['9:66 P113'],
    RELEASED,
  ),
  changed(
    'a window that is as long as what is not for training',
    'model.yaml',
    MODEL.replace('length: 200d', 'length: 65d'),
    ['16:5 P207'],
    RELEASED,
  ),
  changed(
    'a training that may run for ever',
    'model.yaml',
    MODEL.replace('pool: cpu', 'pool: cpu\n    maxRuntime: 999999999d'),
    ['19:17 P207'],
    RELEASED,
  ),
  changed(
    'labels that are never mature, and a window and parts that end at no date',
    'model.yaml',
    MODEL.replace('maturity: 14d', 'maturity: 3651d')
      .replace('length: 200d', 'length: 999999999d')
      .replace('{validation: 21d, test: 30d}', '{validation: 36501d, test: 40000d}'),
    ['8:61 P207', '15:50 P207', '16:25 P207', '16:39 P207'],
    RELEASED,
  ),
  changed(
    'features that look back further than there are dates',
    'view.yaml',
    VIEW.replace('count, window: 7d', 'count, window: 999999999d').replace(
      'features:',
      'timeToLive: 36501d\n  features:',
    ),
    ['9:15 P207', '11:50 P207'],
    VIEWED,
  ),
  changed(
    'rows that are known when nobody is left to ask',
    'source.yaml',
    SOURCE.replace('{delay: 6h}', '{delay: 999999999d}'),
    ['17:25 P207'],
    SOURCED,
  ),
  changed(
    'a window that ends on a day that there is not',
    'model.yaml',
    MODEL.replace('2026-06-01', '2026-06-31'),
    ['15:20 P113'],
    RELEASED,
  ),
  changed(
    'a gate on a slice that is not measured',
    'model.yaml',
    MODEL.replace('slices: [channel]', 'slices: []'),
    ['20:55 P207'],
    RELEASED,
  ),
  changed(
    'parameters of other types, and under other names',
    'model.yaml',
    MODEL.replace('  pool: cpu', '  pool: cpu\n    parameters: {a: [1], "b c": 1, d: x, e: true}'),
    ['19:18 P113', '19:26 P113'],
    RELEASED,
  ),
];

const RELEASE_CASES: readonly CorpusCase[] = [
  changed(
    'shares that make no hundred, under another name',
    'release.yaml',
    RELEASE.replace('percent: 100', 'percent: 99.9').replace('name: fraud', 'name: other'),
    ['7:13 P207', '8:3 P207'],
    ['Release/other'],
  ),
  changed(
    'a version twice',
    'release.yaml',
    RELEASE.replace('percent: 100', `percent: 50}, {version: "${DIGEST}", percent: 50`),
    ['8:123 P113'],
    ['Release/fraud'],
  ),
  changed(
    'a version that is a tag',
    'release.yaml',
    RELEASE.replace(DIGEST, 'latest'),
    ['8:24 P113'],
    ['Release/fraud'],
  ),
];

/** Fields of one document that do not fit together. */
export const MODEL_FIELD_CASES: readonly CorpusCase[] = [
  ...CONNECTION_CASES,
  ...ENTITY_CASES,
  ...SOURCE_CASES,
  ...VIEW_CASES,
  ...MODEL_CASES,
  ...RELEASE_CASES,
];
