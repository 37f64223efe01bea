import { CONNECTION, ENDPOINT, MODEL, MODEL_FILES, SOURCE } from '../model-repo.ts';
import { SMALL_REPO_TITLES, toDocument, toEnvironment } from '../small-repo.ts';
import type { CorpusCase } from './case.ts';

/** The zone ae, with its transfers in line 5. */
function toZone(transfers: string): string {
  return toDocument('Zone', 'ae', `{jurisdiction: AE, transfers: [${transfers}]}`);
}

function toTransfer(upTo: string, carries: string, to = 'eu'): string {
  return `{to: ${to}, upTo: ${upTo}, carries: [${carries}], legalBasis: Policy 4.2}`;
}

const PERSONAL = SOURCE.replace(
  'connection: files',
  'classification: personal\n  connection: files',
);

/** A model of ae, asked for in eu. */
const SERVED_ELSEWHERE = {
  ...MODEL_FILES,
  'source.yaml': PERSONAL,
  'environments/eu.yaml': toEnvironment('eu', 'eu', '[frankfurt]'),
  'endpoint.yaml': ENDPOINT.replace('environment: dev', 'environment: eu'),
};

const WAITING = ['Endpoint/fraud', 'Release/fraud'];
const REFUSED = ['endpoint.yaml:7:10 P208', 'release.yaml:7:13 P205'];

export const RESIDENCY_CASES: readonly CorpusCase[] = [
  {
    name: 'a model and its rows that may go to another zone',
    files: { ...SERVED_ELSEWHERE, 'zones/ae.yaml': toZone(toTransfer('personal', 'rows, models')) },
    places: [],
  },
  {
    name: 'a model that may go to another zone, without the rows that it looks up',
    files: { ...SERVED_ELSEWHERE, 'zones/ae.yaml': toZone(toTransfer('personal', 'models')) },
    places: REFUSED,
    heldBack: WAITING,
  },
  {
    name: 'rows more sensitive than what may go',
    files: {
      ...SERVED_ELSEWHERE,
      'zones/ae.yaml': toZone(
        `${toTransfer('special-category', 'models')}, ${toTransfer('confidential', 'rows')}`,
      ),
    },
    places: REFUSED,
    heldBack: WAITING,
  },
  {
    name: 'rows that nobody has classified, where everything that is classified may go',
    files: {
      ...SERVED_ELSEWHERE,
      'source.yaml': SOURCE,
      'zones/ae.yaml': toZone(toTransfer('special-category', 'rows, models')),
    },
    places: ['endpoint.yaml:7:10 P208', ...REFUSED],
    heldBack: WAITING,
  },
  {
    name: 'a way over a third zone, which the first one does not allow',
    files: {
      ...MODEL_FILES,
      'source.yaml': PERSONAL,
      'zones/sa.yaml': toDocument('Zone', 'sa', '{jurisdiction: SA}'),
      'zones/ae.yaml': toZone(toTransfer('personal', 'rows, models')),
      'zones/eu.yaml': toDocument(
        'Zone',
        'eu',
        `{jurisdiction: EU, transfers: [${toTransfer('personal', 'rows, models', 'sa')}]}`,
      ),
      'targets/riyadh.yaml': toDocument(
        'Target',
        'riyadh',
        '{zone: sa, executor: process, pools: [{name: cpu, device: cpu, slots: 1}]}',
      ),
      'environments/sa.yaml': toEnvironment('sa', 'sa', '[riyadh]'),
      'model.yaml': MODEL.replace('target: laptop', 'target: frankfurt'),
      'endpoint.yaml': ENDPOINT.replace('environment: dev', 'environment: sa'),
    },
    places: ['endpoint.yaml:7:10 P208', ...REFUSED],
    heldBack: WAITING,
  },
  {
    name: 'a transfer to a zone that there is not',
    files: { 'zones/ae.yaml': toZone(toTransfer('public', 'rows', 'ue')) },
    places: [
      'environments/dev.yaml:5:14 P205',
      'environments/prod.yaml:5:14 P205',
      'targets/laptop.yaml:5:14 P205',
      'zones/ae.yaml:5:43 P202',
    ],
    frozen: true,
    heldBack: SMALL_REPO_TITLES,
  },
  {
    name: 'a class of data below what a mark on a column says',
    files: {
      ...MODEL_FILES,
      'connection.yaml': CONNECTION,
      'source.yaml': SOURCE.replace(
        'connection: files',
        'classification: internal\n  connection: files',
      ).replace(
        '{name: customer_id, type: string}',
        '{name: customer_id, type: string, pii: true}',
      ),
    },
    places: [
      'endpoint.yaml:7:10 P205',
      'model.yaml:8:19 P205',
      'release.yaml:7:13 P205',
      'source.yaml:7:19 P207',
      'view.yaml:8:11 P205',
    ],
    heldBack: [
      'DataSource/transactions',
      'Endpoint/fraud',
      'FeatureView/activity',
      'Model/fraud',
      'Release/fraud',
    ],
  },
];
