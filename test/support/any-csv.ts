import fc from 'fast-check';
import type {
  ColumnType,
  SourceColumn,
  SourceDefinition,
} from '../../reconciler/core/features/source-definition.ts';

/** Texts that mean something, nearly mean something, or nothing, as each type has them. */
const TEXTS: Readonly<Record<ColumnType, fc.Arbitrary<string>>> = {
  string: fc.oneof(fc.constantFrom('a', 'b', 'λ', ' ', 'NULL'), fc.string({ maxLength: 5 })),
  int64: fc.oneof(
    fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }).map(String),
    fc.integer({ min: -5, max: 5 }).map(String),
    fc.constantFrom('+7', '-0', '007', '1.0', '1e3', ' 1', '0x10', '1_000', '--1', '٣'),
  ),
  float64: fc.oneof(
    fc.double({ min: -1e9, max: 1e9, noNaN: true }).map(String),
    fc.constantFrom(
      '.5',
      '5.',
      '-0',
      '+1.5E+3',
      '1e',
      'inf',
      'nan',
      '1,5',
      '0x1p3',
      '1e400',
      '- 1',
    ),
  ),
  boolean: fc.constantFrom('true', 'false', 'TRUE', 'False', 't', '0', 'yes'),
  timestamp: fc.oneof(
    fc
      .date({ min: new Date('1899-06-01'), max: new Date('2200-06-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    fc.constantFrom(
      ...['2026-01-01T00:00:00Z', '2026-01-01 00:00:00Z', '2026-01-01T04:00:00+04:00'],
      ...['2026-01-01T00:00:00', '2026-01-01', '2026-13-01T00:00:00Z', '2025-02-29T00:00:00Z'],
      ...['2024-02-29T12:00:00.123456Z', '2026-01-01T24:00:00Z', '2026-01-01T00:00:60Z'],
      ...['2026-01-01T00:00:00.123456789-03:30', '2026-01-01T00:00:00+99:00', '1e9', 'infinity'],
    ),
  ),
};

const TYPES = Object.keys(TEXTS) as ColumnType[];

const anyColumn = (name: string): fc.Arbitrary<SourceColumn> =>
  fc.constantFrom(...TYPES).chain((type) => {
    const isNumber = type === 'int64' || type === 'float64';
    const bound = isNumber
      ? fc.constantFrom(null, null, -3, 0, 2.5, 1e6)
      : fc.constant<number | null>(null);
    const values =
      type === 'string'
        ? fc.constantFrom(null, null, ['a', 'b', 'λ'], [`it's`])
        : fc.constant<string[] | null>(null);
    return fc.record({
      name: fc.constant(name),
      type: fc.constant(type),
      nullable: fc.boolean(),
      minimum: bound,
      maximum: bound,
      values,
    });
  });

const TIME: SourceColumn = {
  name: 'at',
  type: 'timestamp',
  nullable: false,
  minimum: null,
  maximum: null,
  values: null,
};

const anySource: fc.Arbitrary<SourceDefinition> = fc
  .record({
    columns: fc.tuple(anyColumn(`odd "name", it's`), anyColumn('b'), anyColumn('c')),
    width: fc.integer({ min: 0, max: 3 }),
    availability: fc.constantFrom<SourceDefinition['availability']>(
      { eventTime: true },
      { delaySeconds: 90 },
      { column: 'at' },
    ),
  })
  .map(({ columns, width, availability }) => ({
    v: 1,
    source: 'any/source',
    format: 'csv',
    columns: [TIME, ...columns.slice(0, width)],
    eventTime: 'at',
    availability,
    maxQuarantinedPercent: 100,
  }));

/** Quotes where it must, and sometimes where it need not. */
function toField(text: string, isQuoted: boolean): string {
  return isQuoted || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A source, and a text that is mostly CSV of it; now and then something in it is broken. */
export const anyCsv: fc.Arbitrary<{ readonly source: SourceDefinition; readonly text: string }> =
  anySource.chain((source) => {
    const fields = source.columns.map(({ type }) =>
      fc
        .tuple(fc.oneof({ arbitrary: TEXTS[type], weight: 6 }, fc.constant('')), fc.boolean())
        .map(([text, isQuoted]) => toField(text, isQuoted)),
    );
    const row = fc.tuple(...fields).map((list) => list.join(','));
    const broken = fc.constantFrom('"', '"a"b', 'a"', ',,,,,,', '\0', 'a,"b', '');
    const line = fc.oneof({ arbitrary: row, weight: 40 }, { arbitrary: broken, weight: 1 });
    const header = source.columns.map(({ name }) => toField(name, false)).join(',');
    return fc
      .record({
        lines: fc.array(line, { maxLength: 12 }),
        lineEnd: fc.constantFrom('\n', '\r\n'),
        mark: fc.constantFrom('', '', '\ufeff'),
        hasLastEnd: fc.boolean(),
      })
      .map(({ lines, lineEnd, mark, hasLastEnd }) => ({
        source,
        text: `${mark}${[header, ...lines].join(lineEnd)}${hasLastEnd ? lineEnd : ''}`,
      }));
  });
