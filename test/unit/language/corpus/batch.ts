import { MODEL_FILES, SOURCE, toRoomDocument } from '../model-repo.ts';
import { toDocument } from '../small-repo.ts';
import type { CorpusCase } from './case.ts';

/** Its spec begins on line 7. */
const BATCH = toRoomDocument('BatchPrediction', 'nightly', [
  'model: fraud',
  'environment: dev',
  'input: {source: transactions}',
  'output: {connection: files, path: scores/fraud}',
  'schedule: 30 4 * * 1',
]);

function batch(
  name: string,
  text: string,
  places: readonly string[],
  files: CorpusCase['files'] = {},
): CorpusCase {
  return {
    name,
    files: { ...MODEL_FILES, 'batch.yaml': text, ...files },
    places,
    ...(places.length === 0 ? {} : { heldBack: ['BatchPrediction/nightly'] }),
  };
}

const ELSEWHERE = {
  'source.yaml': SOURCE.replace(
    'connection: files',
    'classification: confidential\n  connection: files',
  ),
  'eu.yaml': toDocument('Connection', 'eu-files', '{zone: eu, type: folder}'),
};

const WRITES_ELSEWHERE = BATCH.replace('connection: files', 'connection: eu-files');

const ALLOWING = '{to: eu, upTo: confidential, carries: [rows], legalBasis: Policy 4.2}';

export const BATCH_CASES: readonly CorpusCase[] = [
  batch('a batch prediction', BATCH, []),
  batch('a schedule that is none', BATCH.replace('30 4', '30 24'), ['batch.yaml:11:13 P113']),
  batch('a schedule that never comes', BATCH.replace('30 4 * * 1', '0 0 31 2 *'), [
    'batch.yaml:11:13 P207',
  ]),
  batch(
    'rows without what the model has to be told',
    BATCH.replace('source: transactions', 'source: others'),
    ['batch.yaml:9:19 P207', 'batch.yaml:9:19 P207'],
    {
      'others.yaml': SOURCE.replace('name: transactions', 'name: others')
        .replace('    - {name: customer_id, type: string}\n', '')
        .replace('    - {name: channel, type: string, values: [chip, atm]}\n', ''),
    },
  ),
  batch(
    'answers that are written to another zone',
    WRITES_ELSEWHERE,
    ['batch.yaml:10:24 P208'],
    ELSEWHERE,
  ),
  batch('answers that may be written to another zone', WRITES_ELSEWHERE, [], {
    ...ELSEWHERE,
    'zones/ae.yaml': toDocument('Zone', 'ae', `{jurisdiction: AE, transfers: [${ALLOWING}]}`),
  }),
];
