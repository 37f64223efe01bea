import { compileTotals, toAggregates } from './compile-windows.ts';
import { MICROS_PER_SECOND } from './micros.ts';
import { toSqlName, toSqlText } from './sql-text.ts';
import type { ViewDefinition, ViewFeature } from './view-definition.ts';
import { toEmptyValue } from './view-values.ts';

/** `asked`: at the moment each row asks for. `later`: whoever reads the values applies it. */
export type TimeToLiveUse = 'asked' | 'later';

/** As SQL names them, spelled by the caller. */
export type ViewRelations = {
  /** Has `__row` (unique), the keys by their names, and `__at` (TIMESTAMPTZ). */
  readonly spine: string;
  /** An accepted snapshot, or those of its rows that have the spine's keys. */
  readonly rows: string;
};

/*
 * The SQL of a view, for DuckDB. Inside, columns have names of our own: k0, k1, … keys; t the
 * moment asked for; e, a, s event time, available time and sequence of a row; v the moment from
 * which the row counts; c0, c1, … the columns that features read, f0, f1, … the features. Times
 * are whole microseconds, so that no calendar and no time zone has a say.
 */

/**
 * Gives one row for each row of the spine: `__row`, the features as DOUBLE named f0, f1, … in
 * order, and `__event_time` of the newest row, null when there is none.
 */
export function compileView(
  definition: ViewDefinition,
  relations: ViewRelations,
  timeToLive: TimeToLiveUse,
): string {
  const { features } = definition;
  const hasWindows = toAggregates(definition).length > 0;
  const parts = [
    compileSpine(definition, relations.spine),
    compileSource(definition, relations.rows),
    ...compileNewest(definition),
    ...(hasWindows ? compileTotals(definition, toReadColumns(definition)) : []),
  ];
  const columns = toReadColumns(definition);
  const tooOld = compileTooOld(definition, timeToLive);
  const outputs = features.map((feature, index) => {
    const value = compileOutput(feature, index, columns);
    return `${tooOld === null ? value : `CASE WHEN ${tooOld} THEN NULL ELSE ${value} END`} AS f${index}`;
  });
  return `WITH ${parts.join(',\n')}
SELECT newest.r AS __row, ${outputs.join(', ')}, newest.happened AS __event_time
FROM newest${hasWindows ? ' LEFT JOIN totals ON totals.r = newest.r' : ''}`;
}

/** The source's columns that features read, each once. */
export function toReadColumns({ features }: ViewDefinition): readonly string[] {
  return [...new Set(features.flatMap(({ column }) => (column === null ? [] : [column])))];
}

function compileSpine({ keys }: ViewDefinition, spine: string): string {
  const columns = keys.map(({ name }, index) => `${toSqlName(name)} AS k${index}`);
  return `spine AS (SELECT __row AS r, ${columns.join(', ')}, epoch_us(__at) AS t FROM ${spine})`;
}

function compileSource(definition: ViewDefinition, rows: string): string {
  const { keys, eventTime } = definition;
  const columns = [
    ...keys.map(({ name }, index) => `${toSqlName(name)} AS k${index}`),
    `${toSqlName(eventTime)} AS happened`,
    `epoch_us(${toSqlName(eventTime)}) AS e`,
    'epoch_us(__available_at) AS a',
    '__sequence AS s',
    ...toReadColumns(definition).map((column, index) => `${toSqlName(column)} AS c${index}`),
  ];
  const hasKey = keys.map(({ name }) => `${toSqlName(name)} IS NOT NULL`).join(' AND ');
  return `source AS (SELECT ${columns.join(', ')} FROM ${rows} WHERE ${hasKey})`;
}

/**
 * A row counts from `v`, when it has both happened and become known. In the order of `v` only the
 * rows that beat all before them are ever the newest; of those that count from the same moment
 * only the best is. What is left has one row per key and moment, which ASOF finds without a doubt.
 */
function compileNewest(definition: ViewDefinition): readonly string[] {
  const keys = definition.keys.map((_, index) => `k${index}`);
  const read = new Set(
    definition.features.flatMap(({ kind, column }) => (kind === 'latest' ? [column] : [])),
  );
  const latest = toReadColumns(definition).flatMap((column, index) =>
    read.has(column) ? [`c${index}`] : [],
  );
  const match = keys.map((key) => `spine.${key} = steps.${key}`).join(' AND ');
  return [
    `placed AS (
  SELECT ${[...keys, 'happened', ...latest].join(', ')}, greatest(e, a) AS v,
    row_number() OVER (PARTITION BY ${keys.join(', ')} ORDER BY e, a, s) AS place
  FROM source
)`,
    `beaten AS (
  SELECT *, max(place) OVER earlier AS best, lead(v) OVER earlier AS next_v
  FROM placed
  WINDOW earlier AS (PARTITION BY ${keys.join(', ')} ORDER BY v, place ROWS UNBOUNDED PRECEDING)
)`,
    'steps AS (SELECT * FROM beaten WHERE best = place AND next_v IS DISTINCT FROM v)',
    `newest AS (
  SELECT ${['spine.r', 'spine.t', 'steps.happened', ...latest.map((column) => `steps.${column}`)].join(', ')}
  FROM spine ASOF LEFT JOIN steps ON ${match} AND spine.t >= steps.v
)`,
  ];
}

function compileOutput(feature: ViewFeature, index: number, columns: readonly string[]): string {
  if (feature.kind === 'aggregate') {
    const value = `CAST(totals.f${index} AS DOUBLE)`;
    return toEmptyValue(feature) === null ? value : `coalesce(${value}, 0)`;
  }
  const value = `newest.c${columns.indexOf(feature.column)}`;
  return feature.categories === null
    ? `CAST(${value} AS DOUBLE)`
    : compileCategory(value, feature.categories);
}

/** The position among the known categories, -1 for any other; null stays null. */
export function compileCategory(value: string, categories: readonly string[]): string {
  const list = `CAST([${categories.map(toSqlText).join(', ')}] AS VARCHAR[])`;
  return `CASE WHEN ${value} IS NOT NULL THEN CAST(coalesce(list_position(${list}, ${value}), 0) - 1 AS DOUBLE) END`;
}

function compileTooOld(
  { timeToLiveSeconds }: ViewDefinition,
  timeToLive: TimeToLiveUse,
): string | null {
  if (timeToLiveSeconds === null || timeToLive === 'later') return null;
  return `newest.t - epoch_us(newest.happened) > ${timeToLiveSeconds * MICROS_PER_SECOND}`;
}
