import {
  PLATFORM,
  SMALL_REPO_TITLES,
  toDocument,
  toEnvironment,
  toTarget,
  ZONE_AE,
} from '../small-repo.ts';
import type { CorpusCase } from './case.ts';

function toNamed(name: string, formerly: string): string {
  return toDocument('Namespace', name, '{owners: [a]}').replace(
    `name: ${name}`,
    `name: ${name}\n  formerly: [${formerly}]`,
  );
}

const IDENTITY_CASES: readonly CorpusCase[] = [
  {
    name: 'a target declared twice holds back its environments',
    files: { 'targets/again.yaml': toTarget('laptop', 'eu') },
    places: [
      'environments/dev.yaml:5:28 P205',
      'environments/prod.yaml:5:28 P205',
      'targets/laptop.yaml:1:1 P201',
    ],
    heldBack: ['Environment/dev', 'Environment/prod', 'Target/laptop'],
  },
  {
    name: 'a target declared three times in one file',
    files: { 'targets/new.yaml': Array(3).fill(toTarget('new', 'ae')).join('---\n') },
    places: ['targets/new.yaml:7:1 P201', 'targets/new.yaml:13:1 P201'],
    heldBack: ['Target/new'],
  },
  {
    name: 'a good document and a broken one of the same name',
    files: { 'targets/zz.yaml': toDocument('Target', 'frankfurt', '{}') },
    places: [
      'targets/zz.yaml:1:1 P201',
      'targets/zz.yaml:5:1 P112',
      'targets/zz.yaml:5:1 P112',
      'targets/zz.yaml:5:1 P112',
    ],
    heldBack: ['Target/frankfurt'],
  },
  {
    name: 'a zone declared twice',
    files: { 'zones/ae2.yaml': ZONE_AE },
    places: [
      'environments/dev.yaml:5:14 P205',
      'environments/prod.yaml:5:14 P205',
      'targets/laptop.yaml:5:14 P205',
      'zones/ae2.yaml:1:1 P201',
    ],
    heldBack: SMALL_REPO_TITLES,
    frozen: true,
  },
  {
    name: 'no Platform',
    files: { 'platform.yaml': null },
    places: ['platform.yaml:1:1 P204'],
    heldBack: SMALL_REPO_TITLES.filter((title) => title !== 'Platform/bank'),
    frozen: true,
  },
  {
    name: 'two Platforms',
    files: { 'other.yaml': toDocument('Platform', 'other', '{}') },
    places: ['platform.yaml:1:1 P204'],
    heldBack: [...SMALL_REPO_TITLES.slice(0, 4), 'Platform/other', ...SMALL_REPO_TITLES.slice(4)],
    frozen: true,
  },
  {
    name: 'two Platforms of one name',
    files: { 'other.yaml': PLATFORM },
    places: ['platform.yaml:1:1 P201'],
    heldBack: SMALL_REPO_TITLES,
    frozen: true,
  },
  {
    name: 'a former name that is still borne',
    files: { 'new.yaml': toNamed('new', 'gone, payments') },
    places: ['new.yaml:5:20 P201'],
    heldBack: ['Namespace/new'],
  },
  {
    name: 'its own former name',
    files: { 'new.yaml': toNamed('new', 'new') },
    places: ['new.yaml:5:14 P201'],
    heldBack: ['Namespace/new'],
  },
  {
    name: 'one former name claimed by two',
    files: { 'a.yaml': toNamed('a', 'gone'), 'b.yaml': toNamed('b', 'gone') },
    places: ['b.yaml:5:14 P201'],
    heldBack: ['Namespace/a', 'Namespace/b'],
  },
  {
    name: 'one former name in two kinds, which is no clash',
    files: { 'a.yaml': toNamed('a', 'laptop') },
    places: [],
  },
];

const REFERENCE_CASES: readonly CorpusCase[] = [
  {
    name: 'a zone that there is not',
    files: { 'targets/new.yaml': toTarget('new', 'us') },
    places: ['targets/new.yaml:5:14 P202'],
    heldBack: ['Target/new'],
  },
  {
    name: 'a target and an environment that there are not',
    files: { 'environments/new.yaml': toEnvironment('new', 'ae', '[laptop, laptp]', 'dve') },
    places: ['environments/new.yaml:5:36 P202', 'environments/new.yaml:5:58 P202'],
    heldBack: ['Environment/new'],
  },
  {
    name: 'an environment where a target is meant',
    files: { 'environments/new.yaml': toEnvironment('new', 'ae', '[laptop, dev]') },
    places: ['environments/new.yaml:5:36 P202'],
    heldBack: ['Environment/new'],
  },
  {
    name: 'a target of another zone',
    files: { 'environments/new.yaml': toEnvironment('new', 'eu', '[frankfurt, laptop]') },
    places: ['environments/new.yaml:5:39 P206'],
    heldBack: ['Environment/new'],
  },
  {
    name: 'promotion from another zone, which is allowed',
    files: { 'environments/new.yaml': toEnvironment('new', 'eu', '[frankfurt]', 'prod') },
    places: [],
  },
  {
    name: 'an invalid target holds back what leads to it, and nothing else',
    files: { 'targets/laptop.yaml': toTarget('laptop', 'ae').replace('slots: 1', 'slots: one') },
    places: [
      'environments/dev.yaml:5:28 P205',
      'environments/prod.yaml:5:28 P205',
      'targets/laptop.yaml:5:77 P113',
    ],
    heldBack: ['Environment/dev', 'Environment/prod', 'Target/laptop'],
  },
  {
    name: 'an invalid environment holds back what promotes from it',
    files: { 'environments/dev.yaml': toEnvironment('dev', 'ae', '[]') },
    places: ['environments/dev.yaml:5:18 P113', 'environments/prod.yaml:5:51 P205'],
    heldBack: ['Environment/dev', 'Environment/prod'],
  },
  {
    name: 'a removed target that is still used',
    files: { 'targets/laptop.yaml': null },
    places: ['environments/dev.yaml:5:28 P202', 'environments/prod.yaml:5:28 P202'],
    heldBack: ['Environment/dev', 'Environment/prod'],
  },
];

const CYCLE_CASES: readonly CorpusCase[] = [
  {
    name: 'an environment that promotes from itself',
    files: { 'environments/new.yaml': toEnvironment('new', 'ae', '[laptop]', 'new') },
    places: ['environments/new.yaml:5:51 P203'],
    heldBack: ['Environment/new'],
  },
  {
    name: 'two environments that promote from each other, and a third behind them',
    files: {
      'environments/dev.yaml': toEnvironment('dev', 'ae', '[laptop]', 'prod'),
      'environments/late.yaml': toEnvironment('late', 'ae', '[laptop]', 'prod'),
    },
    places: ['environments/dev.yaml:5:51 P203', 'environments/late.yaml:5:51 P205'],
    heldBack: ['Environment/dev', 'Environment/late', 'Environment/prod'],
  },
  {
    name: 'two circles, each reported once',
    files: {
      'e.yaml': [
        toEnvironment('a', 'ae', '[laptop]', 'b'),
        toEnvironment('b', 'ae', '[laptop]', 'a'),
        toEnvironment('c', 'ae', '[laptop]', 'd'),
        toEnvironment('d', 'ae', '[laptop]', 'c'),
      ].join('---\n'),
    },
    places: ['e.yaml:5:51 P203', 'e.yaml:17:51 P203'],
    heldBack: ['Environment/a', 'Environment/b', 'Environment/c', 'Environment/d'],
  },
];

/** Mistakes between resources. */
export const GRAPH_CASES: readonly CorpusCase[] = [
  ...IDENTITY_CASES,
  ...REFERENCE_CASES,
  ...CYCLE_CASES,
];
