import fc from 'fast-check';
import type {
  SourceRow,
  SourceValue,
  ViewRequest,
} from '../../reconciler/core/features/evaluate-view.ts';
import type { FeatureStatus } from '../../reconciler/core/features/feature-status.ts';
import type {
  ViewDefinition,
  ViewFeature,
} from '../../reconciler/core/features/view-definition.ts';

/** 2026-03-01T00:00:00Z: any moment does, as long as all samples lie around it. */
export const BASE_MICROS = 1_772_323_200_000_000;

const SECOND = 1_000_000;

/** Around whole seconds, so that windows, times to live and ties meet their edges often. */
const moments = fc
  .tuple(fc.integer({ min: 0, max: 30 }), fc.constantFrom(-1, 0, 0, 0, 1))
  .map(([seconds, offset]) => BASE_MICROS + seconds * SECOND + offset);

/** Negative: known before it happens, as a forecast is. */
const delays = fc.constantFrom(0, 0, 0, 1, SECOND, 5 * SECOND, 20 * SECOND, -2 * SECOND);

/** ("1", 12) and ("11", 2) are one text when joined; the large ones are one float. */
const keys = fc.constantFrom<readonly [string | null, bigint | null]>(
  // Most rows share a key, so that windows hold several.
  ...Array.from({ length: 6 }, () => ['1', 12n] as const),
  ['11', 2n],
  ['1', 9007199254740992n],
  ['1', 9007199254740993n],
  ["it\"s 'é', λ", -1n],
  [null, 2n],
  ['1', null],
);

const amounts = fc.oneof(
  fc.constantFrom(0, 0.1, 0.2, 0.3, 1e16, -1e16),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => (value === 0 ? 0 : value)),
);

const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null, freq: 4 });

const sourceRow = fc.record({
  key: keys,
  eventMicros: moments,
  delay: delays,
  amount: orNull(amounts),
  quantity: orNull(fc.bigInt({ min: -1000n, max: 1000n })),
  flag: orNull(fc.boolean()),
  kind: orNull(fc.constantFrom('a', 'b', "it's", 'unknown')),
});

/** Sequences are no order of time here: they only have to be unique. */
export const sourceRows: fc.Arbitrary<readonly SourceRow[]> = fc
  .array(sourceRow, { maxLength: 40, size: 'max' })
  .map((rows) =>
    rows.map(({ key, eventMicros, delay, amount, quantity, flag, kind }, index) => ({
      eventMicros,
      availableMicros: eventMicros + delay,
      sequence: (index * 7919) % 10_007,
      columns: { region: key[0], account: key[1], amount, quantity, flag, kind },
    })),
  );

/** Duplicates come by themselves, for there are few keys and few moments. */
export const viewRequests: fc.Arbitrary<readonly ViewRequest[]> = fc.array(
  fc.record({ keys, atMicros: moments }),
  { maxLength: 25, size: 'max' },
);

const FEATURES: readonly ViewFeature[] = [
  { name: 'last amount', kind: 'latest', column: 'amount', categories: null },
  { name: 'last quantity', kind: 'latest', column: 'quantity', categories: null },
  { name: 'last flag', kind: 'latest', column: 'flag', categories: null },
  { name: 'last kind', kind: 'latest', column: 'kind', categories: ['b', "it's", 'a'] },
  { name: 'count 5', kind: 'aggregate', function: 'count', column: null, windowSeconds: 5 },
  { name: 'count 20', kind: 'aggregate', function: 'count', column: null, windowSeconds: 20 },
  { name: 'sum 20', kind: 'aggregate', function: 'sum', column: 'amount', windowSeconds: 20 },
  { name: 'sum 5', kind: 'aggregate', function: 'sum', column: 'quantity', windowSeconds: 5 },
  { name: 'mean 20', kind: 'aggregate', function: 'mean', column: 'amount', windowSeconds: 20 },
  { name: 'min 10', kind: 'aggregate', function: 'min', column: 'amount', windowSeconds: 10 },
  { name: 'max 10', kind: 'aggregate', function: 'max', column: 'quantity', windowSeconds: 10 },
  { name: 'kinds 20', kind: 'aggregate', function: 'distinct', column: 'kind', windowSeconds: 20 },
  { name: 'sizes 5', kind: 'aggregate', function: 'distinct', column: 'amount', windowSeconds: 5 },
  { name: 'year', kind: 'aggregate', function: 'count', column: null, windowSeconds: 31_622_400 },
  { name: 'any "10"', kind: 'aggregate', function: 'sum', column: 'flag', windowSeconds: 10 },
];

export const SAMPLE_VIEW: ViewDefinition = {
  v: 1,
  view: 'payments/sample',
  source: 'payments/events',
  keys: [
    { name: 'region', type: 'string' },
    { name: 'account', type: 'int64' },
  ],
  eventTime: 'happened at',
  availability: { column: 'known at' },
  timeToLiveSeconds: null,
  features: FEATURES,
};

export const viewDefinitions: fc.Arbitrary<ViewDefinition> = fc.record({
  v: fc.constant(1 as const),
  view: fc.constant(SAMPLE_VIEW.view),
  source: fc.constant(SAMPLE_VIEW.source),
  keys: fc.constant(SAMPLE_VIEW.keys),
  eventTime: fc.constant(SAMPLE_VIEW.eventTime),
  availability: fc.constant(SAMPLE_VIEW.availability),
  timeToLiveSeconds: fc.constantFrom(null, 1, 7, 3_456_000),
  features: fc.subarray([...FEATURES], { minLength: 1 }),
});

export type ExpectedAnswer = {
  readonly values: readonly (number | null)[];
  readonly statuses: readonly FeatureStatus[];
};

/**
 * The semantics once more, as plainly as they can be said and sharing nothing with the product:
 * every request looks at every row.
 */
export function joinByBruteForce(
  definition: ViewDefinition,
  rows: readonly SourceRow[],
  requests: readonly ViewRequest[],
): readonly ExpectedAnswer[] {
  return requests.map((request) => {
    const t = request.atMicros;
    const known = rows.filter(
      (row) =>
        definition.keys.every(({ name }, index) => {
          const value = row.columns[name] ?? null;
          return value !== null && value === request.keys[index];
        }) && row.availableMicros <= t,
    );
    const newest = findNewest(known.filter((row) => row.eventMicros <= t));
    const tooOld =
      newest !== null &&
      definition.timeToLiveSeconds !== null &&
      t - newest.eventMicros > definition.timeToLiveSeconds * SECOND;
    const answers = definition.features.map((feature) => {
      if (tooOld) return { value: null, status: 'OUTSIDE_MAX_AGE' as const };
      const value =
        feature.kind === 'latest' ? readLatest(feature, newest) : readWindow(feature, known, t);
      if (value !== null) return { value, status: 'PRESENT' as const };
      return { value, status: newest === null ? ('NOT_FOUND' as const) : ('NULL_VALUE' as const) };
    });
    return {
      values: answers.map(({ value }) => value),
      statuses: answers.map(({ status }) => status),
    };
  });
}

function findNewest(rows: readonly SourceRow[]): SourceRow | null {
  let best: SourceRow | null = null;
  for (const row of rows) if (best === null || isLater(row, best)) best = row;
  return best;
}

function isLater(row: SourceRow, other: SourceRow): boolean {
  if (row.eventMicros !== other.eventMicros) return row.eventMicros > other.eventMicros;
  if (row.availableMicros !== other.availableMicros) {
    return row.availableMicros > other.availableMicros;
  }
  return row.sequence > other.sequence;
}

function readLatest(
  feature: Extract<ViewFeature, { kind: 'latest' }>,
  newest: SourceRow | null,
): number | null {
  const value = newest?.columns[feature.column] ?? null;
  if (value === null) return null;
  return feature.categories === null ? toNumber(value) : feature.categories.indexOf(String(value));
}

function readWindow(
  feature: Extract<ViewFeature, { kind: 'aggregate' }>,
  known: readonly SourceRow[],
  t: number,
): number | null {
  const from = t - feature.windowSeconds * SECOND;
  const rows = known
    .filter((row) => row.eventMicros >= from && row.eventMicros < t)
    .sort((left, right) => (isLater(left, right) ? 1 : -1));
  if (feature.function === 'count') return rows.length;
  const values: SourceValue[] = [];
  for (const row of rows) {
    const value = row.columns[feature.column ?? ''] ?? null;
    if (value !== null) values.push(value);
  }
  if (feature.function === 'distinct') return new Set(values).size;
  let sum = 0;
  for (const value of values) sum += toNumber(value);
  if (feature.function === 'sum') return sum;
  if (values.length === 0) return null;
  if (feature.function === 'mean') return sum / values.length;
  const sorted = values.map(toNumber).sort((left, right) => left - right);
  return (feature.function === 'min' ? sorted[0] : sorted.at(-1)) ?? null;
}

function toNumber(value: SourceValue): number {
  return typeof value === 'boolean' ? (value ? 1 : 0) : Number(value);
}
