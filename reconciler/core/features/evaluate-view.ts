import { toCategoryPositions, UNKNOWN_CATEGORY } from './encode-features.ts';
import { toEntityKey } from './entity-key.ts';
import { MICROS_PER_SECOND, type Micros } from './micros.ts';
import type { AggregateFeature, ViewDefinition, ViewFeature } from './view-definition.ts';
import { toEmptyValue } from './view-values.ts';

export type SourceValue = string | number | bigint | boolean | null;

/** A row of an accepted snapshot. */
export type SourceRow = {
  readonly eventMicros: Micros;
  readonly availableMicros: Micros;
  readonly sequence: number;
  readonly columns: Readonly<Record<string, SourceValue>>;
};

export type ViewRequest = {
  /** In the definition's order. */
  readonly keys: readonly SourceValue[];
  readonly atMicros: Micros;
};

/** As the compiled SQL gives it: no time to live is applied. */
export type ComputedRow = {
  readonly values: readonly (number | null)[];
  /** Of the newest row; null when there is none. */
  readonly eventMicros: Micros | null;
};

/**
 * A view in plain TypeScript: one answer for each request, in their order. It is what the compiled
 * SQL must agree with, value for value.
 */
export function evaluateView(
  definition: ViewDefinition,
  rows: readonly SourceRow[],
  requests: readonly ViewRequest[],
): readonly ComputedRow[] {
  const byKey = groupByKey(definition, rows);
  const features = definition.features.map(toEvaluator);
  return requests.map(({ keys, atMicros }) => {
    const key = isWhole(keys) ? toEntityKey(keys) : null;
    const known = (key === null ? undefined : byKey.get(key)) ?? [];
    const visible = known.filter(
      ({ eventMicros, availableMicros }) => eventMicros <= atMicros && availableMicros <= atMicros,
    );
    return {
      values: features.map((evaluate) => evaluate(visible, atMicros)),
      eventMicros: visible.at(-1)?.eventMicros ?? null,
    };
  });
}

/** Every key that has a row, in a fixed order. */
export function listKeys(
  definition: ViewDefinition,
  rows: readonly SourceRow[],
): readonly (readonly SourceValue[])[] {
  const byKey = groupByKey(definition, rows);
  return [...byKey.keys()].sort().map((key) => {
    const first = byKey.get(key)?.[0];
    return definition.keys.map(({ name }) => first?.columns[name] ?? null);
  });
}

/** Each key's rows in their one order: event time, available time, sequence. */
function groupByKey(
  { keys }: ViewDefinition,
  rows: readonly SourceRow[],
): ReadonlyMap<string, readonly SourceRow[]> {
  const byKey = new Map<string, SourceRow[]>();
  for (const row of [...rows].sort(compareRows)) {
    const values = keys.map(({ name }) => row.columns[name] ?? null);
    if (!isWhole(values)) continue;
    const key = toEntityKey(values);
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [row]);
    else known.push(row);
  }
  return byKey;
}

function compareRows(left: SourceRow, right: SourceRow): number {
  return (
    left.eventMicros - right.eventMicros ||
    left.availableMicros - right.availableMicros ||
    left.sequence - right.sequence
  );
}

/** A key with a part missing is nobody's. */
function isWhole(keys: readonly SourceValue[]): keys is readonly Exclude<SourceValue, null>[] {
  return !keys.includes(null);
}

type Evaluate = (visible: readonly SourceRow[], atMicros: Micros) => number | null;

function toEvaluator(feature: ViewFeature): Evaluate {
  if (feature.kind === 'aggregate') return (visible, at) => aggregate(feature, visible, at);
  const { column, categories } = feature;
  const positions = categories === null ? null : toCategoryPositions(categories);
  return (visible) => {
    const value = visible.at(-1)?.columns[column] ?? null;
    if (value === null || positions === null) return value === null ? null : Number(value);
    return positions.get(String(value)) ?? UNKNOWN_CATEGORY;
  };
}

function aggregate(
  feature: AggregateFeature,
  visible: readonly SourceRow[],
  atMicros: Micros,
): number | null {
  const { column, windowSeconds } = feature;
  const from = atMicros - windowSeconds * MICROS_PER_SECOND;
  const inWindow = visible.filter(
    ({ eventMicros }) => eventMicros >= from && eventMicros < atMicros,
  );
  if (feature.function === 'count') return inWindow.length;
  const values = inWindow.flatMap(({ columns }) => {
    const value = column === null ? null : (columns[column] ?? null);
    return value === null ? [] : [value];
  });
  if (values.length === 0) return toEmptyValue(feature);
  if (feature.function === 'distinct') return new Set(values).size;
  const numbers = values.map(Number);
  if (feature.function === 'min') return numbers.reduce((low, item) => Math.min(low, item));
  if (feature.function === 'max') return numbers.reduce((high, item) => Math.max(high, item));
  const sum = numbers.reduce((total, item) => total + item, 0);
  return feature.function === 'sum' ? sum : sum / numbers.length;
}
