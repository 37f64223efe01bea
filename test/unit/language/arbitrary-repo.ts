import fc from 'fast-check';
import { stringify } from 'yaml';
import { type AnyDocument, toAnyDocument } from './any-document.ts';
import { anyModelDocuments } from './arbitrary-model.ts';
import type { Files } from './small-repo.ts';

const ZONES = ['ae', 'eu', 'sa'] as const;
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
const description = fc.option(fc.constantFrom('A sentence.', 'صف', 'x: y # z', '"'), {
  nil: undefined,
});

const pool = fc.record({
  name,
  device: fc.constantFrom('cpu', 'gpu'),
  slots: fc.nat({ max: 256 }),
  hourlyPriceUsd: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined }),
});

/** Targets and environments go by numbers: number 4 stands in the zone 4 modulo 3. */
const NUMBERS = [0, 1, 2, 3, 4, 5];

const targets = fc.tuple(
  ...NUMBERS.map((number) =>
    fc
      .record({
        description,
        pools: fc.uniqueArray(pool, { selector: (one) => one.name, minLength: 1, maxLength: 3 }),
        deletionPolicy: fc.constantFrom('Retain', 'Orphan', 'Delete', undefined),
      })
      .map(({ pools, ...spec }) => {
        const given = pools.map(({ hourlyPriceUsd, ...rest }) =>
          hourlyPriceUsd === undefined ? rest : { ...rest, hourlyPriceUsd },
        );
        const zone = ZONES[number % 3];
        const whole = { ...spec, zone, executor: 'process', pools: given };
        return toAnyDocument('Target', `t${number}`, whole);
      }),
  ),
);

const environments = fc.tuple(
  ...NUMBERS.map((number) =>
    fc
      .record({ description, hasSecond: fc.boolean(), promotes: fc.boolean() })
      .map(({ hasSecond, promotes, description: text }) =>
        toAnyDocument('Environment', `e${number}`, {
          description: text,
          zone: ZONES[number % 3],
          targets: hasSecond ? [`t${(number + 3) % 6}`, `t${number}`] : [`t${number}`],
          promotesFrom: promotes && number > 0 ? `e${number - 1}` : undefined,
        }),
      ),
  ),
);

const namespaces = fc.tuple(
  fc
    .record({ owners: fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), description })
    .map((spec) => toAnyDocument('Namespace', 'payments', spec)),
);

function change(one: AnyDocument, spec: Readonly<Record<string, unknown>>): AnyDocument {
  return { ...one, spec: { ...one.spec, ...spec } };
}

/** One item less, of those that others may name: a column, or a feature. The last one stays. */
function narrow({ spec }: AnyDocument): AnyDocument['spec'] {
  for (const field of ['columns', 'features']) {
    const list = spec[field];
    if (Array.isArray(list) && list.length > 1) return { [field]: list.slice(1) };
  }
  return {};
}

type Fault = (one: AnyDocument) => readonly AnyDocument[];

const FAULTS: Readonly<Record<string, Fault>> = {
  remove: () => [],
  double: (one) => [one, one],
  spoil: (one) => [change(one, { unknownField: 1 })],
  move: (one) => [change(one, one.spec['zone'] === undefined ? {} : { zone: 'sa' })],
  mislead: (one) => [change(one, one.kind === 'Environment' ? { targets: ['t9', 't1'] } : {})],
  narrow: (one) => [change(one, narrow(one))],
  turn: (one) => [change(one, one.kind === 'Environment' ? { promotesFrom: 'e5' } : {})],
};

const faults = fc.array(fc.tuple(fc.constantFrom(...Object.keys(FAULTS)), fc.nat({ max: 22 })), {
  maxLength: 4,
});

/**
 * A repo with a Platform, three zones, and around them targets, environments, a namespace and
 * models, in which up to four documents were removed, doubled, spoilt, moved, narrowed or misled.
 */
export const anyDocuments: fc.Arbitrary<readonly AnyDocument[]> = fc
  .tuple(targets, environments, namespaces, anyModelDocuments, faults)
  .map(([some, others, rooms, models, slips]) => {
    const whole = [...some, ...others, ...rooms, ...models];
    const faulty = whole.flatMap((one, at) =>
      slips
        .filter(([, place]) => place === at)
        .reduce<readonly AnyDocument[]>(
          (all, [fault]) => all.flatMap((each) => (FAULTS[fault] as Fault)(each)),
          [one],
        ),
    );
    return [
      toAnyDocument('Platform', 'bank', { deletionCapPercent: 30 }),
      ...ZONES.map((zone) => toAnyDocument('Zone', zone, { jurisdiction: zone.toUpperCase() })),
      ...faulty,
    ];
  });

export type Layout = {
  /** One number a document decides its file; another its keys' order and style. */
  readonly files: readonly number[];
  readonly styles: readonly number[];
};

const numbers = fc.array(fc.nat({ max: 5 }), { minLength: 40, maxLength: 40 });

export const anyLayout: fc.Arbitrary<Layout> = fc.record({
  files: numbers,
  styles: numbers,
});

/** The same documents as files: in any file, in any order of keys, in block or flow style. */
export function toFiles(documents: readonly AnyDocument[], layout: Layout): Files {
  const texts = new Map<string, string[]>();
  for (const [index, one] of documents.entries()) {
    const path = `folder-${layout.files[index] ?? 0}/file.yaml`;
    const style = layout.styles[index] ?? 0;
    const options = { collectionStyle: style % 2 === 0 ? 'block' : 'flow' } as const;
    const text = stringify(style > 2 ? reverseKeys(one) : one, options);
    texts.set(path, [...(texts.get(path) ?? []), text]);
  }
  return Object.fromEntries([...texts].map(([path, parts]) => [path, parts.join('---\n')]));
}

function reverseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseKeys);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, inner]) => [key, reverseKeys(inner)]));
}
