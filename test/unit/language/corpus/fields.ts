import { SMALL_REPO_TITLES, toDocument, toTarget } from '../small-repo.ts';
import { type CorpusCase, toZoneText } from './case.ts';

function invalid(
  name: string,
  text: string,
  ref: string,
  ...places: readonly string[]
): CorpusCase {
  return {
    name,
    files: { 'new.yaml': text },
    places: places.map((place) => `new.yaml:${place}`),
    heldBack: [ref],
  };
}

function unclear(name: string, text: string, ...places: readonly string[]): CorpusCase {
  return {
    name,
    files: { 'new.yaml': text },
    places: places.map((place) => `new.yaml:${place}`),
    uncertain: ['new.yaml'],
  };
}

const POOLS = '[{name: cpu, device: cpu, slots: 1}]';

function toTargetText(...lines: readonly string[]): string {
  return toDocument('Target', 'new', lines.map((line) => `  ${line}`).join('\n'));
}

/** Fields that are unknown, missing, of the wrong type, or wrongly called. */
export const FIELD_CASES: readonly CorpusCase[] = [
  unclear('an unknown kind', toDocument('Targt', 'new', '{}'), '2:7 P110'),
  unclear('a kind of the wrong case', toDocument('target', 'new', '{}'), '2:7 P110'),
  unclear('a kind that an object inherits', toDocument('toString', 'new', '{}'), '2:7 P110'),
  unclear('a kind that is no text', toDocument('[Target]', 'new', '{}'), '2:1 P110'),
  unclear('no kind', toZoneText('metadata: {name: x}', 'spec: {}'), '1:1 P112'),
  unclear('no metadata', toZoneText('kind: Namespace', 'spec: {owners: [a]}'), '1:1 P112'),
  unclear(
    'no name',
    toZoneText('kind: Namespace', 'metadata: {}', 'spec: {owners: [a]}'),
    '3:1 P112',
  ),
  invalid('no spec', toZoneText('kind: Target', 'metadata: {name: new}'), 'Target/new', '1:1 P112'),
  invalid(
    'an empty spec',
    toZoneText('kind: Target', 'metadata: {name: new}', 'spec:'),
    'Target/new',
    '4:6 P113',
  ),
  invalid(
    'a newer language',
    toTarget('new', 'ae').replace('v1alpha1', 'v1'),
    'Target/new',
    '1:13 P113',
  ),
  {
    name: 'another API',
    files: { 'new.yaml': `# plumbline.dev\napiVersion: apps/v1\nkind: Target\n` },
    places: [],
  },
  {
    name: 'an API whose name begins as ours',
    files: { 'new.yaml': `apiVersion: plumbline.development/v1\nkind: Target\n` },
    places: [],
  },
  invalid(
    'apiVersion misspelt',
    toTarget('new', 'ae').replace('apiVersion', 'apiversion'),
    'Target/new',
    '1:1 P111',
  ),
  invalid(
    'apiVersion under another name',
    toTarget('new', 'ae').replace('apiVersion', 'schema'),
    'Target/new',
    '1:1 P111',
  ),
  invalid(
    'apiVersion twice, once of another API',
    `apiVersion: apps/v1\n${toTarget('new', 'ae')}`,
    'Target/new',
    '2:1 P103',
  ),
  {
    name: 'another API that mentions ours',
    files: { 'new.yaml': 'apiVersion: apps/v1\nkind: x\nuses: plumbline.dev/v1alpha1\n' },
    places: [],
  },
  invalid(
    'several mistakes at once',
    toTargetText('zone: 4', 'executer: process', 'pools: []', 'deletionPolicy: delete'),
    'Target/new',
    '5:1 P112',
    '6:9 P113',
    '7:3 P111',
    '8:3 P113',
    '9:19 P113',
  ),
  invalid(
    'unknown fields at every level',
    toZoneText(
      'kind: Target',
      'metadata: {name: new, annotations: {}}',
      `spec: {zone: ae, executor: process, pools: [{name: a, device: cpu, slots: 1, spot: true}]}`,
      'status: {}',
    ),
    'Target/new',
    '3:23 P111',
    '4:78 P111',
    '5:1 P111',
  ),
  invalid(
    'a namespace where none applies',
    toZoneText(
      'kind: Namespace',
      'metadata: {name: new, namespace: payments}',
      'spec: {owners: [a]}',
    ),
    'Namespace/new',
    '3:23 P115',
  ),
  unclear('a name in capitals', toDocument('Namespace', 'Payments', '{owners: [a]}'), '4:9 P114'),
  unclear('a name with a slash', toDocument('Namespace', 'a/b', '{owners: [a]}'), '4:9 P114'),
  unclear('a name with a dot', toDocument('Namespace', '..', '{owners: [a]}'), '4:9 P114'),
  unclear('a name that is a number', toDocument('Namespace', '1', '{owners: [a]}'), '4:9 P113'),
  unclear('an empty name', toDocument('Namespace', '""', '{owners: [a]}'), '4:9 P114'),
  unclear(
    'a name of 64 characters',
    toDocument('Namespace', 'a'.repeat(64), '{owners: [a]}'),
    '4:9 P114',
  ),
  { name: 'a name of 63', files: { 'a.yaml': toTarget('a'.repeat(63), 'ae') }, places: [] },
  unclear('the reserved name', toDocument('Namespace', 'platform', '{owners: [a]}'), '4:9 P114'),
  invalid(
    'a pool name with a slash, and a pool twice',
    toTargetText(
      'zone: ae',
      'executor: process',
      'pools:',
      '  - {name: a/b, device: cpu, slots: 1}',
    ),
    'Target/new',
    '9:14 P114',
  ),
  invalid(
    'two pools of one name',
    toTargetText(
      'zone: ae',
      'executor: process',
      'pools:',
      '  - {name: cpu, device: cpu, slots: 1}',
      '  - {name: gpu, device: gpu, slots: 1}',
      '  - {name: cpu, device: gpu, slots: 2}',
    ),
    'Target/new',
    '11:14 P113',
  ),
  invalid(
    'slots out of range, in part, and as a text',
    toTargetText(
      'zone: ae',
      'executor: process',
      'pools:',
      '  - {name: a, device: cpu, slots: 257}',
      '  - {name: b, device: cpu, slots: -1}',
      '  - {name: c, device: cpu, slots: 1.5}',
      '  - {name: d, device: cpu, slots: "1"}',
    ),
    'Target/new',
    '9:37 P113',
    '10:37 P113',
    '11:37 P113',
    '12:37 P113',
  ),
  invalid(
    'an executor that there is not yet, and an unknown device',
    toTargetText('zone: ae', 'executor: kubernetes', 'pools: [{name: a, device: tpu, slots: 1}]'),
    'Target/new',
    '7:13 P113',
    '8:29 P113',
  ),
  invalid(
    'a repeated owner, and labels that are none',
    toZoneText(
      'kind: Namespace',
      'metadata: {name: new, labels: {team: 4, "a b": c}, formerly: [Old]}',
      'spec: {owners: [a, b, a]}',
    ),
    'Namespace/new',
    '3:38 P113',
    '3:41 P113',
    '3:63 P114',
    '4:8 P113',
  ),
  invalid(
    'a spec that is a list',
    toZoneText('kind: Target', 'metadata: {name: new}', 'spec: [a]'),
    'Target/new',
    '4:1 P113',
  ),
  {
    name: 'labels and a description in any script',
    files: {
      'new.yaml': toZoneText(
        'kind: Namespace',
        'metadata: {name: new, labels: {team/owner: مدفوعات}}',
        'spec: {description: "Zahlungen 💶", owners: [مدفوعات]}',
      ),
    },
    places: [],
  },
  invalid(
    'a target without pools',
    toTargetText('zone: ae', 'executor: process', `pools: ${POOLS.replace('slots: 1', 'slots: ')}`),
    'Target/new',
    '8:43 P113',
  ),
];

/** Mistakes in kinds on which everything rests. */
export const FREEZING_FIELD_CASES: readonly CorpusCase[] = [
  {
    name: 'a Platform with mistakes',
    files: {
      'platform.yaml': toDocument(
        'Platform',
        'bank',
        [
          '  deletionCapPercent: 101',
          '  policies: [safty]',
          '  requireSignedCommits: "yes"',
          '  allowedSigners: ../keys',
        ].join('\n'),
      ),
    },
    places: [
      'platform.yaml:6:23 P113',
      'platform.yaml:7:14 P113',
      'platform.yaml:8:25 P113',
      'platform.yaml:9:19 P113',
    ],
    heldBack: SMALL_REPO_TITLES,
    frozen: true,
  },
  {
    name: 'a Zone with a jurisdiction that is none',
    files: { 'zones/eu.yaml': toDocument('Zone', 'eu', '{jurisdiction: Europe}') },
    places: ['targets/frankfurt.yaml:5:14 P205', 'zones/eu.yaml:5:22 P113'],
    heldBack: SMALL_REPO_TITLES,
    frozen: true,
  },
  {
    name: 'a Zone without a name',
    files: { 'zones/eu.yaml': toDocument('Zone', '[]', '{jurisdiction: EU}') },
    places: ['targets/frankfurt.yaml:5:14 P202', 'zones/eu.yaml:4:3 P113'],
    heldBack: SMALL_REPO_TITLES.filter((title) => title !== 'Zone/eu'),
    frozen: true,
    uncertain: ['zones/eu.yaml'],
  },
];
