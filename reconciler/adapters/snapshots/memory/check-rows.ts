import { CodedError } from '../../../core/contracts/coded-error.ts';
import { type BadRows, MAX_FIRST_ROWS } from '../../../core/features/bad-rows.ts';
import type { SourceColumn, SourceDefinition } from '../../../core/features/source-definition.ts';
import type { CsvTable } from './read-csv.ts';

/** Times are microseconds since 1970. */
export type CheckedValue = string | number | bigint | boolean | null;

export type CheckedRows = {
  /** The declared columns, and then when the row was available. */
  readonly rows: readonly (readonly CheckedValue[])[];
  readonly found: BadRows;
};

/** Reads and judges every row in the plainest way there is. Throws P801 for a missing column. */
export function checkRows(source: SourceDefinition, table: CsvTable): CheckedRows {
  const places = source.columns.map(({ name }) => findColumn(table.header, name));
  const rows: CheckedValue[][] = [];
  const bad = new Map<string, number[]>();
  for (const [index, record] of table.records.entries()) {
    const texts = places.map((place) => record[place] ?? null);
    const values = source.columns.map((column, place) => parseValue(column, texts[place] ?? null));
    const reason = findReason(source, texts, values);
    if (reason === null) rows.push([...values, toAvailableAt(source, values)]);
    else bad.set(reason, [...(bad.get(reason) ?? []), index + 1]);
  }
  return { rows, found: toFound(rows.length, bad) };
}

function toFound(good: number, bad: ReadonlyMap<string, readonly number[]>): BadRows {
  const badRows = [...bad.values()].flat().length;
  const reasons = [...bad]
    .map(([reason, numbers]) => ({
      reason,
      rows: numbers.length,
      firstRows: numbers.slice(0, MAX_FIRST_ROWS),
    }))
    .sort((left, right) => right.rows - left.rows || (left.reason < right.reason ? -1 : 1));
  return { rows: good + badRows, badRows, reasons };
}

function findColumn(header: readonly string[], name: string): number {
  const place = header.indexOf(name);
  if (place === -1) throw new CodedError('P801', `the file has no column ${name}`);
  if (header.lastIndexOf(name) === place) return place;
  throw new CodedError('P801', `the file has the column ${name} twice`);
}

function findReason(
  source: SourceDefinition,
  texts: readonly (string | null)[],
  values: readonly CheckedValue[],
): string | null {
  for (const [index, column] of source.columns.entries()) {
    const why = judgeValue(source, column, {
      text: texts[index] ?? null,
      value: values[index] ?? null,
    });
    if (why !== null) return `${column.name} ${why}`;
  }
  return null;
}

const NOT_OF_TYPE = {
  string: 'is no text',
  int64: 'is no whole number of 64 bits',
  float64: 'is no number',
  boolean: 'is neither true nor false',
  timestamp: 'is no time with Z or an offset',
} as const;

const MAX_STRING_BYTES = 16 * 1024;

function judgeValue(
  source: SourceDefinition,
  column: SourceColumn,
  at: { readonly text: string | null; readonly value: CheckedValue },
): string | null {
  const { text, value } = at;
  if (text === null) return isRequired(source, column) ? 'is missing' : null;
  if (value === null) return NOT_OF_TYPE[column.type];
  if (column.type === 'float64' && !Number.isFinite(value)) return 'is not finite';
  if (column.type === 'string' && Buffer.byteLength(text) > MAX_STRING_BYTES) {
    return `is longer than ${MAX_STRING_BYTES} bytes`;
  }
  if (column.type === 'timestamp' && !isInRange(value)) return 'is outside the years 1900 to 2199';
  if (column.minimum !== null && Number(value) < column.minimum) return 'is below the minimum';
  if (column.maximum !== null && Number(value) > column.maximum) return 'is above the maximum';
  if (column.values !== null && !column.values.includes(String(value))) {
    return 'is not among the allowed values';
  }
  return null;
}

function isRequired(source: SourceDefinition, column: SourceColumn): boolean {
  const { availability, eventTime } = source;
  if (!column.nullable || column.name === eventTime) return true;
  return 'column' in availability && availability.column === column.name;
}

function isInRange(value: CheckedValue): boolean {
  const microseconds = BigInt(String(value));
  const toMicroseconds = (year: number) => BigInt(Date.UTC(year, 0)) * 1_000n;
  return microseconds >= toMicroseconds(1900) && microseconds < toMicroseconds(2200);
}

/** Null where the text is none of the column's type. */
function parseValue(column: SourceColumn, text: string | null): CheckedValue {
  if (text === null) return null;
  if (column.type === 'string') return text;
  if (column.type === 'int64') return parseWholeNumber(text);
  if (column.type === 'float64') return parseNumber(text);
  if (column.type === 'timestamp') return parseTime(text);
  return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : null;
}

function parseWholeNumber(text: string): bigint | null {
  if (!/^[+-]?[0-9]{1,19}$/.test(text)) return null;
  const value = BigInt(text.replace(/^\+/, ''));
  return BigInt.asIntN(64, value) === value ? value : null;
}

function parseNumber(text: string): number | null {
  if (!/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?$/.test(text)) return null;
  // Zero has one form.
  return Number(text) + 0;
}

const TIME =
  /^(\d{4})-(\d{2})-(\d{2})[T ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?(?:Z|([+-])(0\d|1[0-4]):([0-5]\d))$/;

function parseTime(text: string): bigint | null {
  const match = TIME.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction = '', sign, hours, minutes] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const isReal = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (!isReal || year === '0000') return null;
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  const offsetMinutes = sign === undefined ? 0 : Number(hours) * 60 + Number(minutes);
  const shifted = date.getTime() - (sign === '-' ? -1 : 1) * offsetMinutes * 60_000;
  return BigInt(shifted) * 1_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

function toAvailableAt(source: SourceDefinition, values: readonly CheckedValue[]): CheckedValue {
  const { availability, eventTime } = source;
  const toValue = (name: string) =>
    values[source.columns.findIndex((column) => column.name === name)] ?? null;
  if ('column' in availability) return toValue(availability.column);
  const delaySeconds = 'delaySeconds' in availability ? availability.delaySeconds : 0;
  return BigInt(String(toValue(eventTime))) + BigInt(delaySeconds) * 1_000_000n;
}
