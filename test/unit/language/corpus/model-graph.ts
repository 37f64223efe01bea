import {
  CONNECTION,
  ENDPOINT,
  ENTITY,
  MODEL,
  MODEL_FILES,
  RELEASE,
  SOURCE,
  TRAINER,
  VIEW,
} from '../model-repo.ts';
import { toEnvironment, toTarget } from '../small-repo.ts';
import type { CorpusCase } from './case.ts';

const ABOVE_MODEL = ['endpoint.yaml:7:10 P205', 'release.yaml:7:13 P205'];
const RELEASED = ['Endpoint/fraud', 'Model/fraud', 'Release/fraud'];

function model(name: string, text: string, ...own: readonly string[]): CorpusCase {
  return {
    name,
    files: { ...MODEL_FILES, 'model.yaml': text },
    places: [
      'endpoint.yaml:7:10 P205',
      ...own.map((place) => `model.yaml:${place}`),
      'release.yaml:7:13 P205',
    ],
    heldBack: RELEASED,
  };
}

function view(name: string, text: string, ...own: readonly string[]): CorpusCase {
  return {
    name,
    files: { ...MODEL_FILES, 'view.yaml': text },
    places: [
      'endpoint.yaml:7:10 P205',
      'model.yaml:9:21 P205',
      'release.yaml:7:13 P205',
      ...own.map((place) => `view.yaml:${place}`),
    ],
    heldBack: ['Endpoint/fraud', 'FeatureView/activity', 'Model/fraud', 'Release/fraud'],
  };
}

const NAME_CASES: readonly CorpusCase[] = [
  { name: 'a repo with a model', files: MODEL_FILES, places: [] },
  {
    name: 'a namespace that there is not',
    files: { ...MODEL_FILES, 'new.yaml': ENTITY.replace('payments', 'payment') },
    places: ['new.yaml:5:14 P202'],
    heldBack: ['Entity/customer'],
  },
  {
    name: 'the namespace of the platform, which is no room',
    files: { ...MODEL_FILES, 'new.yaml': ENTITY.replace('payments', 'platform') },
    places: ['new.yaml:5:14 P202'],
    heldBack: ['Entity/customer'],
  },
  {
    name: 'an entity of another namespace',
    files: {
      ...MODEL_FILES,
      'rooms.yaml':
        'apiVersion: plumbline.dev/v1alpha1\nkind: Namespace\nmetadata: {name: credit}\nspec: {owners: [a]}\n',
      'entity.yaml': ENTITY.replace('payments', 'credit'),
    },
    places: [
      'endpoint.yaml:7:10 P205',
      'model.yaml:9:21 P205',
      'release.yaml:7:13 P205',
      'view.yaml:7:11 P202',
    ],
    heldBack: ['Endpoint/fraud', 'FeatureView/activity', 'Model/fraud', 'Release/fraud'],
  },
  {
    name: 'a release of an endpoint that there is not',
    files: { 'release.yaml': RELEASE },
    places: ['release.yaml:7:13 P202'],
    heldBack: ['Release/fraud'],
  },
];

const REGRESSION = MODEL.replace('task: binary-classification', 'task: regression').replace(
  'gates: [{metric: auc',
  'gates: [{metric: r2',
);

const REGRESSION_CASES: readonly CorpusCase[] = [
  {
    name: 'a regression of an amount',
    files: {
      ...MODEL_FILES,
      'model.yaml': REGRESSION.replace('column: is_fraud', 'column: amount').replace(
        '  - {name: amount}\n',
        '',
      ),
    },
    places: [],
  },
  model('a regression of a boolean', REGRESSION, '8:41 P207'),
  model(
    'a regression with a gate of a classification',
    REGRESSION.replace('metric: r2', 'metric: auc').replace('column: is_fraud', 'column: amount'),
    '20:20 P207',
  ),
];

const ZONE_CASES: readonly CorpusCase[] = [
  {
    name: 'a model that is trained in another zone',
    files: { ...MODEL_FILES, 'model.yaml': MODEL.replace('target: laptop', 'target: frankfurt') },
    places: [
      'endpoint.yaml:7:10 P208',
      'model.yaml:8:19 P208',
      'model.yaml:9:21 P208',
      'release.yaml:7:13 P205',
    ],
    heldBack: RELEASED,
  },
  {
    name: 'a model whose view stands in another zone than its label',
    files: {
      ...MODEL_FILES,
      'eu.yaml': [
        CONNECTION.replace('name: files', 'name: eu-files').replace('zone: ae', 'zone: eu'),
        SOURCE.replace('name: transactions', 'name: eu-transactions').replace(
          'connection: files',
          'connection: eu-files',
        ),
      ].join('---\n'),
      'view.yaml': VIEW.replace('source: transactions', 'source: eu-transactions'),
    },
    places: ['endpoint.yaml:7:10 P208', 'model.yaml:9:21 P208', 'release.yaml:7:13 P205'],
    heldBack: RELEASED,
  },
  {
    name: 'an endpoint in an environment of another zone than its model',
    files: {
      ...MODEL_FILES,
      'environments/eu.yaml': toEnvironment('eu', 'eu', '[frankfurt]'),
      'endpoint.yaml': ENDPOINT.replace('environment: dev', 'environment: eu'),
    },
    places: ['endpoint.yaml:7:10 P208', 'endpoint.yaml:7:10 P208', 'release.yaml:7:13 P205'],
    heldBack: ['Endpoint/fraud', 'Release/fraud'],
  },
  {
    name: 'data that moves to another zone, below a model that does not',
    files: { ...MODEL_FILES, 'connection.yaml': CONNECTION.replace('zone: ae', 'zone: eu') },
    places: [
      'endpoint.yaml:7:10 P208',
      'model.yaml:8:19 P208',
      'model.yaml:9:21 P208',
      'release.yaml:7:13 P205',
    ],
    heldBack: RELEASED,
  },
];

const VIEW_CASES: readonly CorpusCase[] = [
  view(
    'a feature of a column that there is not',
    VIEW.replace('column: amount', 'column: amuont'),
    '11:46 P207',
  ),
  view('a sum of texts', VIEW.replace('column: amount', 'column: channel'), '11:46 P207'),
  view(
    'the latest text without categories',
    VIEW.replace(', categories: [chip, atm]', ''),
    '12:36 P207',
  ),
  view(
    'the latest number with categories',
    VIEW.replace('column: channel', 'column: amount'),
    '12:36 P207',
  ),
  view(
    'a moment as a feature',
    VIEW.replace('column: channel, categories: [chip, atm]', 'column: event_time'),
    '12:36 P207',
  ),
  {
    name: 'a key that the source does not have',
    files: { ...MODEL_FILES, 'entity.yaml': ENTITY.replace('customer_id', 'card_id') },
    places: [
      ...ABOVE_MODEL.slice(0, 1),
      'model.yaml:9:21 P207',
      ...ABOVE_MODEL.slice(1),
      'view.yaml:7:11 P207',
    ],
    heldBack: ['Endpoint/fraud', 'FeatureView/activity', 'Model/fraud', 'Release/fraud'],
  },
  {
    name: 'a key of another type than in the source',
    files: { ...MODEL_FILES, 'entity.yaml': ENTITY.replace('type: string', 'type: int64') },
    places: [
      ...ABOVE_MODEL.slice(0, 1),
      'model.yaml:9:21 P207',
      ...ABOVE_MODEL.slice(1),
      'view.yaml:7:11 P207',
    ],
    heldBack: ['Endpoint/fraud', 'FeatureView/activity', 'Model/fraud', 'Release/fraud'],
  },
];

const MODEL_CASES: readonly CorpusCase[] = [
  model(
    'a feature that its view does not have',
    MODEL.replace('count_7d]', 'count_8d]'),
    '9:47 P207',
  ),
  model(
    'a label that there is not',
    MODEL.replace('column: is_fraud', 'column: fraud'),
    '8:41 P207',
  ),
  model(
    'a label that is a number with a fraction, and a request feature as well',
    MODEL.replace('column: is_fraud', 'column: amount'),
    '8:41 P207',
    '11:7 P207',
  ),
  model(
    'the label as a request feature',
    MODEL.replace('{name: amount}', '{name: is_fraud}'),
    '11:7 P207',
  ),
  model(
    'a request feature that the label source does not have',
    MODEL.replace('column: channel', 'column: chanel'),
    '12:27 P207',
  ),
  model(
    'a text that the request brings, without categories',
    MODEL.replace(', categories: [chip, atm]}', '}'),
    '12:27 P207',
  ),
  model(
    'a slice by a column that there is not',
    MODEL.replace('slices: [channel]', 'slices: [channel, group]'),
    '19:34 P207',
  ),
  model(
    'a slice of each single customer',
    MODEL.replace('slices: [channel]', 'slices: [channel, customer_id]'),
    '19:34 P207',
  ),
  model(
    'a gate on a value that the column never has',
    MODEL.replace('value: chip', 'value: online'),
    '20:71 P207',
  ),
  model(
    'a pool that the target does not have',
    MODEL.replace('pool: cpu', 'pool: gpu'),
    '18:11 P207',
  ),
  {
    name: 'a pool of a device that the trainer does not use',
    files: {
      ...MODEL_FILES,
      'targets/laptop.yaml': toTarget('laptop', 'ae').replace('device: cpu', 'device: gpu'),
    },
    places: ['endpoint.yaml:7:10 P205', 'model.yaml:18:11 P207', 'release.yaml:7:13 P205'],
    heldBack: RELEASED,
  },
  {
    name: 'a trainer that is not there any more',
    files: { ...MODEL_FILES, 'trainer.yaml': TRAINER.replace('name: lightgbm', 'name: other') },
    places: ['endpoint.yaml:7:10 P205', 'model.yaml:14:14 P202', 'release.yaml:7:13 P205'],
    heldBack: RELEASED,
  },
];

/** Mistakes between the resources of a model. */
export const MODEL_GRAPH_CASES: readonly CorpusCase[] = [
  ...NAME_CASES,
  ...ZONE_CASES,
  ...REGRESSION_CASES,
  ...VIEW_CASES,
  ...MODEL_CASES,
];
