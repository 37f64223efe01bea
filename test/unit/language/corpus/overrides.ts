import { ENDPOINT, MODEL_FILES } from '../model-repo.ts';
import { toDocument } from '../small-repo.ts';
import type { CorpusCase } from './case.ts';

/** The environment dev of the small repo, with its overrides from line 7 on. */
function withOverrides(...lines: readonly string[]): CorpusCase['files'] {
  const spec = ['zone: ae', 'targets: [laptop]', 'overrides:', ...lines.map((one) => `  ${one}`)];
  const text = toDocument('Environment', 'dev', spec.map((line) => `  ${line}`).join('\n'));
  return { ...MODEL_FILES, 'environments/dev.yaml': `${text}` };
}

const ABOVE = ['Endpoint/fraud', 'Release/fraud'];

export const OVERRIDE_CASES: readonly CorpusCase[] = [
  {
    name: 'overrides that make another valid endpoint',
    files: withOverrides('- {kind: Endpoint, patch: {threshold: 0.9, batching: null}}'),
    places: [],
  },
  {
    name: 'an override of a field that there is not',
    files: withOverrides('- {kind: Endpoint, patch: {treshold: 0.9}}'),
    places: ['environments/dev.yaml:9:42 P111', 'release.yaml:7:13 P205'],
    heldBack: ABOVE,
  },
  {
    name: 'an override to a value that may not be, by the later of two',
    files: withOverrides(
      '- {kind: Endpoint, patch: {threshold: 0.9}}',
      '- {kind: Endpoint, name: fraud, patch: {threshold: 9}}',
    ),
    places: ['environments/dev.yaml:10:56 P113', 'release.yaml:7:13 P205'],
    heldBack: ABOVE,
  },
  {
    name: 'an override that takes out what must be there',
    files: withOverrides('- {kind: Endpoint, patch: {model: null}}'),
    places: ['environments/dev.yaml:9:24 P112', 'release.yaml:7:13 P205'],
    heldBack: ABOVE,
  },
  {
    name: 'an override to a model that there is not',
    files: withOverrides('- {kind: Endpoint, patch: {model: fruad}}'),
    places: ['endpoint.yaml:7:10 P202', 'release.yaml:7:13 P205'],
    heldBack: ABOVE,
  },
  {
    name: 'an override that moves an endpoint to another environment',
    files: withOverrides('- {kind: Endpoint, patch: {environment: prod}}'),
    places: ['environments/dev.yaml:9:45 P207', 'release.yaml:7:13 P205'],
    heldBack: ABOVE,
  },
  {
    name: 'an override of an endpoint that there is not',
    files: withOverrides('- {kind: Endpoint, name: fruad, patch: {threshold: 0.9}}'),
    places: [
      'endpoint.yaml:8:16 P205',
      'environments/dev.yaml:9:30 P202',
      'environments/prod.yaml:5:51 P205',
      'release.yaml:7:13 P205',
    ],
    heldBack: ['Endpoint/fraud', 'Environment/dev', 'Environment/prod', 'Release/fraud'],
  },
  {
    name: 'an override of an endpoint whose own document has a mistake',
    files: {
      ...withOverrides('- {kind: Endpoint, name: fraud, patch: {threshold: 0.9}}'),
      'endpoint.yaml': ENDPOINT.replace('model: fraud', 'modle: fraud'),
    },
    places: ['endpoint.yaml:6:1 P112', 'endpoint.yaml:7:3 P111', 'release.yaml:7:13 P205'],
    heldBack: ABOVE,
  },
  {
    name: 'an override of a kind that belongs to no environment',
    files: withOverrides('- {kind: Model, patch: {seed: 1}}'),
    places: [
      'endpoint.yaml:8:16 P205',
      'environments/dev.yaml:9:14 P113',
      'environments/prod.yaml:5:51 P205',
      'release.yaml:7:13 P205',
    ],
    heldBack: ['Endpoint/fraud', 'Environment/dev', 'Environment/prod', 'Release/fraud'],
  },
];
