import type {
  ColumnType,
  SourceColumn,
  SourceDefinition,
} from '../../reconciler/core/features/source-definition.ts';
import { toSqlName, toSqlText } from '../../reconciler/core/features/sql-text.ts';
import type { InputColumn } from './input-table.ts';
import { listTimeColumns } from './source-definition.ts';

/** Longer texts are documents, and no values to count or compare by. */
const MAX_STRING_BYTES = 16 * 1024;

const FIRST_TIME = '1900-01-01T00:00:00Z';
const END_OF_TIME = '2200-01-01T00:00:00Z';

const TYPE_IN_WORDS: Readonly<Record<ColumnType, string>> = {
  string: 'is no text',
  int64: 'is no whole number of 64 bits',
  float64: 'is no number',
  boolean: 'is neither true nor false',
  timestamp: 'is no time with Z or an offset',
};

/** A condition that makes a row bad, and how to say so without its value. */
type Rule = { readonly isBroken: string; readonly words: string };

/**
 * SQL for why a row is bad, null when it is not: the first rule that breaks, column by column.
 * `values` are the names under which the columns' values stand.
 */
export function toReason(
  source: SourceDefinition,
  inputs: readonly InputColumn[],
  values: readonly string[],
): string {
  const times = listTimeColumns(source);
  const cases = source.columns.flatMap((column, index) => {
    const input = inputs[index];
    const value = values[index];
    if (input === undefined || value === undefined) return [];
    const isRequired = !column.nullable || times.includes(column.name);
    return listRules(column, { input, value, isRequired }).map(
      ({ isBroken, words }) => `WHEN ${isBroken} THEN ${toSqlText(`${column.name} ${words}`)}`,
    );
  });
  return cases.length === 0 ? 'NULL::VARCHAR' : `CASE ${cases.join('\n')} END`;
}

function listRules(
  column: SourceColumn,
  at: { readonly input: InputColumn; readonly value: string; readonly isRequired: boolean },
): readonly Rule[] {
  const { value } = at;
  const rules: Rule[] = [];
  const add = (isBroken: string, words: string) => rules.push({ isBroken, words });
  if (at.isRequired) add(`NOT (${at.input.isThere})`, 'is missing');
  add(`${at.input.isThere} AND ${value} IS NULL`, TYPE_IN_WORDS[column.type]);
  if (column.type === 'float64') add(`NOT isfinite(${value})`, 'is not finite');
  if (column.type === 'string') {
    add(`strlen(${value}) > ${MAX_STRING_BYTES}`, `is longer than ${MAX_STRING_BYTES} bytes`);
  }
  if (column.type === 'timestamp') {
    const isOutside = `(${value} < ${toTime(FIRST_TIME)} OR ${value} >= ${toTime(END_OF_TIME)})`;
    add(isOutside, 'is outside the years 1900 to 2199');
  }
  if (column.minimum !== null) {
    add(`${value} < ${toNumber(column.minimum)}`, 'is below the minimum');
  }
  if (column.maximum !== null) {
    add(`${value} > ${toNumber(column.maximum)}`, 'is above the maximum');
  }
  if (column.values !== null) {
    const list = column.values.map(toSqlText).join(', ');
    const isAllowed =
      column.values.length === 0 ? 'false' : `CAST(${value} AS VARCHAR) IN (${list})`;
    add(`${value} IS NOT NULL AND NOT (${isAllowed})`, 'is not among the allowed values');
  }
  return rules;
}

function toNumber(value: number): string {
  return `CAST(${toSqlText(String(value))} AS DOUBLE)`;
}

function toTime(time: string): string {
  return `TIMESTAMPTZ ${toSqlText(time)}`;
}

/** The names under which a row's checked values stand while it waits to be written. */
export function toValueName(index: number): string {
  return toSqlName(`v${index}`);
}
