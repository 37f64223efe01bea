import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';
import { toSqlName, toSqlPath } from '../../reconciler/core/features/sql-text.ts';
import { type DuckdbSession, readColumnTypes } from './duckdb-session.ts';
import type { TrainingPlan } from './training-job.ts';

/** Our names, since a column of theirs may be called anything that has no two underscores first. */
export const LABEL = '__label';
export const toRequestName = (index: number) => `__request_${index}`;
export const toSliceName = (index: number) => `__slice_${index}`;

const KEY_TYPES: Readonly<Record<string, string>> = { string: 'VARCHAR', int64: 'BIGINT' };
const LABEL_TYPES = ['BOOLEAN', 'BIGINT', 'INTEGER'];

/**
 * Makes the table `spine`: one row for each labelled event that is old enough and whose label was
 * known, in the order of event time, keys and sequence, with all that comes from the label source.
 */
export async function makeSpine(session: DuckdbSession, plan: TrainingPlan): Promise<void> {
  const { job, asOfMicros, splits } = plan;
  const { label } = job;
  const rows = `read_parquet(${toSqlPath(label.rowsFile)})`;
  requireColumns(plan, await readColumnTypes(session, rows));
  const keys = listKeyColumns(plan);
  const event = toSqlName(label.source.eventTime);
  const columns = [
    `row_number() OVER (ORDER BY ${[event, ...keys.map(toSqlName), '__sequence'].join(', ')}) - 1 AS __row`,
    `${event} AS __at`,
    `CAST(${toSqlName(label.column)} AS INTEGER) AS ${LABEL}`,
    ...keys.map(toSqlName),
    ...listRequestColumns(plan).map(
      (column, index) => `${toSqlName(column)} AS ${toRequestName(index)}`,
    ),
    ...job.slices.map(
      (column, index) => `CAST(${toSqlName(column)} AS VARCHAR) AS ${toSliceName(index)}`,
    ),
  ];
  // An event whose label is still open is no example of either class.
  await session.run(`CREATE TABLE spine AS SELECT ${columns.join(', ')} FROM ${rows}
    WHERE epoch_us(${event}) BETWEEN ${splits[0].fromMicros} AND ${splits[2].toMicros}
      AND epoch_us(__available_at) <= ${asOfMicros} AND ${toSqlName(label.column)} IS NOT NULL`);
  const [odd] = await session.readRows(
    `SELECT CAST(count(*) AS DOUBLE) AS odd FROM spine WHERE ${LABEL} NOT IN (0, 1)`,
  );
  if (Number(odd?.['odd']) > 0) {
    throw new CodedError(
      'P801',
      `the label ${label.column} of ${label.source.source} is neither 0 nor 1 in ${Number(odd?.['odd'])} rows; a binary task needs one of the two`,
    );
  }
}

/** The columns of the label source that request features are found in, in the contract's order. */
function listRequestColumns({ job }: TrainingPlan): readonly string[] {
  const { contract, requestColumns = {} } = job;
  return contract.features.flatMap(({ name, view }) =>
    view === null
      ? [Object.hasOwn(requestColumns, name) ? (requestColumns[name] ?? name) : name]
      : [],
  );
}

function listKeyColumns({ job }: TrainingPlan): readonly string[] {
  const names = job.views.flatMap(({ definition }) => definition.keys.map(({ name }) => name));
  return [...new Set(names)];
}

function requireColumns(plan: TrainingPlan, types: ReadonlyMap<string, string>): void {
  const { label, slices, views, contract } = plan.job;
  const { source } = label;
  const needed = [
    label.column,
    source.eventTime,
    '__available_at',
    '__sequence',
    ...listKeyColumns(plan),
    ...listRequestColumns(plan),
    ...slices,
  ];
  const missing = [...new Set(needed)].filter((name) => !types.has(name));
  if (missing.length > 0) {
    throw new CodedError(
      'P801',
      `the label source ${source.source} has no column ${missing.join(', ')}; declare it there, or take it out of the model`,
    );
  }
  const labelType = types.get(label.column) ?? '';
  if (!LABEL_TYPES.includes(labelType)) throw toWrongType(label.column, labelType, 'a boolean');
  for (const { name, type } of views.flatMap(({ definition }) => definition.keys)) {
    const found = types.get(name) ?? '';
    if (found !== KEY_TYPES[type]) throw toWrongType(name, found, `${type} as in the view`);
  }
  const brought = contract.features.filter(({ view }) => view === null);
  listRequestColumns(plan).forEach((column, index) => {
    const found = types.get(column) ?? '';
    const isText = found === 'VARCHAR';
    const isCategory = brought[index]?.kind === 'category';
    if (isText !== isCategory || found.startsWith('TIMESTAMP')) {
      throw toWrongType(column, found, isCategory ? 'a string' : 'a number');
    }
  });
}

function toWrongType(column: string, found: string, expected: string): CodedError {
  return new CodedError(
    'P801',
    `the column ${column} of the label source is ${found} and must be ${expected}`,
  );
}
