import { MICROS_PER_SECOND } from './micros.ts';
import { toSqlName } from './sql-text.ts';
import type { AggregateFeature, ViewDefinition } from './view-definition.ts';

export function toAggregates({ features }: ViewDefinition): readonly AggregateFeature[] {
  return features.filter((feature) => feature.kind === 'aggregate');
}

/**
 * The parts of a view's SQL that fill `totals`: `r`, and f0, f1, … for the features that run over
 * a window. `columns` is what `c0`, `c1`, … stand for.
 *
 * A window reaches into the bucket of its moment and the one before, when buckets are as long as
 * the longest window: joined by key and bucket, a key with very many rows stays affordable. Each
 * window's rows are sorted once and then added up one after the other, because the sum of floats
 * depends on the order.
 */
export function compileTotals(
  definition: ViewDefinition,
  columns: readonly string[],
): readonly string[] {
  const windows = toWindows(definition);
  const [longest = '0'] = windows;
  const keys = definition.keys.map((_, index) => `k${index}`);
  const match = [...keys, 'b'].map((key) => `asked.${key} = known.${key}`).join(' AND ');
  const read = toWindowColumns(definition, columns);
  const fields = ['e', 'a', 's', ...read].map((name) => `${name}: known.${name}`).join(', ');
  const narrower = windows
    .slice(1)
    .map((micros, index) => `, list_filter(w0, lambda x: x.e >= t - ${micros}) AS w${index + 1}`);
  const totals = definition.features.flatMap((feature, index) =>
    feature.kind === 'aggregate'
      ? [`${compileAggregate(feature, windows, columns)} AS f${index}`]
      : [],
  );
  return [
    `gathered AS (
  SELECT asked.r, asked.t, list({${fields}}) AS items
  FROM (SELECT *, unnest([t // ${longest} - 1, t // ${longest}]) AS b FROM spine) AS asked
  JOIN (SELECT *, e // ${longest} AS b FROM source) AS known
    ON ${match} AND known.e < asked.t AND known.e >= asked.t - ${longest} AND known.a <= asked.t
  GROUP BY asked.r, asked.t
)`,
    'sorted AS (SELECT r, t, list_sort(items) AS w0 FROM gathered)',
    `windows AS (SELECT r, w0${narrower.join('')} FROM sorted)`,
    `totals AS (SELECT r, ${totals.join(', ')} FROM windows)`,
  ];
}

/**
 * How many rows of the source the windows of each row of the spine may hold, at most: `__row` and
 * `work`. Whoever has much to compute does it in portions of work, for memory follows it.
 */
export function compileWork(
  definition: ViewDefinition,
  relations: { readonly spine: string; readonly rows: string },
): string {
  const [longest] = toWindows(definition);
  if (longest === undefined) return `SELECT __row, 1 AS work FROM ${relations.spine}`;
  const keys = definition.keys.map(({ name }) => toSqlName(name));
  const event = toSqlName(definition.eventTime);
  const match = [...keys, '__bucket'].map((key) => `asked.${key} = known.${key}`).join(' AND ');
  return `SELECT asked.__row, 1 + coalesce(sum(known.n), 0) AS work
FROM (SELECT *, unnest([epoch_us(__at) // ${longest} - 1, epoch_us(__at) // ${longest}]) AS __bucket
  FROM ${relations.spine}) AS asked
LEFT JOIN (SELECT ${keys.join(', ')}, epoch_us(${event}) // ${longest} AS __bucket, count(*) AS n
  FROM ${relations.rows} GROUP BY ALL) AS known ON ${match}
GROUP BY asked.__row`;
}

/** In microseconds, each once, the longest first. */
function toWindows(definition: ViewDefinition): readonly string[] {
  const seconds = toAggregates(definition).map(({ windowSeconds }) => windowSeconds);
  return [...new Set(seconds)].sort((left, right) => right - left).map(toMicros);
}

function toWindowColumns(
  definition: ViewDefinition,
  columns: readonly string[],
): readonly string[] {
  const read = new Set(toAggregates(definition).map(({ column }) => column));
  return columns.flatMap((column, index) => (read.has(column) ? [`c${index}`] : []));
}

function compileAggregate(
  feature: AggregateFeature,
  windows: readonly string[],
  columns: readonly string[],
): string {
  const items = `w${windows.indexOf(toMicros(feature.windowSeconds))}`;
  if (feature.function === 'count') return `len(${items})`;
  const field = `x.c${columns.indexOf(feature.column ?? '')}`;
  const values = `list_filter(list_transform(${items}, lambda x: ${field}), lambda y: y IS NOT NULL)`;
  if (feature.function === 'distinct') return `list_unique(${values})`;
  const numbers = `CAST(${values} AS DOUBLE[])`;
  if (feature.function === 'min' || feature.function === 'max') {
    return `list_${feature.function}(${numbers})`;
  }
  const sum = `list_reduce(${numbers}, lambda p, q: p + q, CAST(0 AS DOUBLE))`;
  if (feature.function === 'sum') return sum;
  // Dividing by no values gives null, as a mean of nothing must be.
  return `${sum} / nullif(len(${values}), 0)`;
}

function toMicros(seconds: number): string {
  return String(seconds * MICROS_PER_SECOND);
}
