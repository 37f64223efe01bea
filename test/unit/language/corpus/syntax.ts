import { SMALL_REPO_TITLES, toTarget, ZONE_AE } from '../small-repo.ts';
import { type CorpusCase, toZoneText } from './case.ts';

const HEAD = ['kind: Target', 'metadata:', '  name: new'];

function unreadable(name: string, text: string, ...places: readonly string[]): CorpusCase {
  return {
    name,
    files: { 'new.yaml': text },
    places: places.map((place) => `new.yaml:${place}`),
    uncertain: ['new.yaml'],
  };
}

/** A mistake that leaves it clear which resource is meant. */
function invalid(name: string, text: string, ...places: readonly string[]): CorpusCase {
  return {
    name,
    files: { 'new.yaml': text },
    places: places.map((place) => `new.yaml:${place}`),
    heldBack: ['Target/new'],
  };
}

const SPEC = ['spec:', '  zone: ae', '  executor: process', '  pools:'];
const POOL = '    - {name: cpu, device: cpu, slots: 1}';

/** YAML that does not parse, and YAML that two readers may read differently. */
export const SYNTAX_CASES: readonly CorpusCase[] = [
  {
    ...unreadable('a quote that is not closed', toZoneText(...HEAD, 'spec: "x'), '5:7 P102'),
    heldBack: ['Target/new'],
  },
  {
    ...unreadable('a tab as indentation', toZoneText(...HEAD, 'spec:', '\tzone: ae'), '6:1 P102'),
    heldBack: ['Target/new'],
  },
  unreadable('a list that is not closed', toZoneText('kind: [Target'), '3:1 P102'),
  {
    name: 'a document that is no map, in a file with ours',
    files: { 'new.yaml': `- plumbline.dev\n---\n${toTarget('new', 'ae')}` },
    places: [],
  },
  {
    name: 'a broken document beside a good one',
    files: { 'new.yaml': `${toTarget('new', 'ae')}---\n${toZoneText('kind: "Zo')}` },
    places: ['new.yaml:8:7 P102'],
    uncertain: ['new.yaml'],
  },
  {
    name: 'a broken document of another API beside a good one of ours',
    files: { 'new.yaml': `${toTarget('new', 'ae')}---\nx: {{ .Values.x }}\ny: "\n` },
    places: [],
  },
  {
    name: 'a broken file that does not name our API',
    files: { 'chart/templates/x.yaml': '{{- if .Values.on }}\nx: {{ .x }}\n{{- end }}\n"' },
    places: [],
  },
  {
    name: 'what we refuse, in a document of another API',
    files: {
      'new.yaml': `${toTarget('new', 'ae')}---\na: &b {x: 1, x: 2}\nc: !Ref d\n<<: *b\nn: .inf\n`,
    },
    places: [],
  },
  invalid(
    'an anchor and its alias',
    toZoneText(...HEAD, 'spec:', '  zone: &z ae', '  description: *z'),
    '6:12 P103',
    '7:16 P103',
  ),
  invalid('a merge key', toZoneText(...HEAD, 'spec:', '  <<: {zone: ae}'), '6:3 P103'),
  invalid('a custom tag', toZoneText(...HEAD, 'spec:', '  zone: !env ZONE'), '6:14 P103'),
  invalid('a tag of YAML itself', toZoneText(...HEAD, 'spec:', '  zone: !!str ae'), '6:15 P103'),
  invalid('a tag on a map', toZoneText(...HEAD, 'spec: !!map', '  zone: ae'), '6:3 P103'),
  invalid(
    'a key twice',
    toZoneText(...HEAD, 'spec:', '  zone: ae', '  executor: process', '  zone: eu'),
    '8:3 P103',
  ),
  invalid(
    'a key twice, in two spellings',
    toZoneText(...HEAD, 'spec:', '  zone: ae', '  "zone": eu'),
    '7:3 P103',
  ),
  invalid('a number as a key', toZoneText(...HEAD, 'spec:', '  1: ae'), '6:3 P103'),
  invalid('a list as a key', toZoneText(...HEAD, 'spec:', '  ? [a]', '  : b'), '6:5 P103'),
  invalid('a directive', `%YAML 1.2\n---\n${toTarget('new', 'ae')}`, '1:1 P103'),
  invalid('a prototype key', toZoneText(...HEAD, 'spec:', '  __proto__: {zone: ae}'), '6:3 P103'),
  invalid('a constructor key', toZoneText(...HEAD, 'spec: {constructor: 1}'), '5:8 P103'),
  {
    name: 'a prototype key in the envelope',
    files: {
      'new.yaml': toZoneText('__proto__: {kind: Zone}', 'kind: Zone', 'metadata: {name: x}'),
    },
    places: ['new.yaml:2:1 P103'],
    heldBack: [...SMALL_REPO_TITLES, 'Zone/x'],
    frozen: true,
  },
  invalid(
    'a whole number beyond 2^53',
    toZoneText(...HEAD, ...SPEC, '    - {name: cpu, device: cpu, slots: 9007199254740993}'),
    '9:39 P113',
  ),
  invalid(
    'numbers that are none',
    toZoneText(
      ...HEAD,
      ...SPEC,
      POOL,
      '    - {name: g, device: gpu, slots: .inf, hourlyPriceUsd: .nan}',
    ),
    '10:37 P113',
    '10:59 P113',
  ),
  invalid('a text with a NUL', toZoneText(...HEAD, 'spec:', '  description: "a\\0b"'), '6:16 P113'),
  invalid(
    'a lone surrogate',
    toZoneText(...HEAD, 'spec:', '  description: "a\\ud800"'),
    '6:16 P113',
  ),
  {
    name: 'nesting beyond 32 levels',
    files: { 'new.yaml': toZoneText(...HEAD, `spec: ${'{a: '.repeat(32)}1${'}'.repeat(32)}`) },
    places: ['new.yaml:5:131 P106'],
    heldBack: ['Target/new'],
  },
  {
    name: 'an empty file, a comment, and empty documents',
    files: { 'a.yaml': '', 'b.yaml': '# plumbline.dev\n', 'c.yaml': '---\n---\n# plumbline.dev\n' },
    places: [],
  },
  {
    name: 'a document end and a second one',
    files: { 'zones/ae.yaml': `${ZONE_AE}...\n` },
    places: [],
  },
];
