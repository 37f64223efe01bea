import type { SchemaObject } from 'ajv';
import type {
  Availability,
  SourceColumn,
  SourceDefinition,
} from '../../reconciler/core/features/source-definition.ts';
import { toMalformed } from './parse-job.ts';
import { NAME_SCHEMA, toObjectSchema } from './schema-parts.ts';

const MAX_COLUMNS = 1_000;
const MAX_VALUES = 10_000;
const MAX_DELAY_SECONDS = 10 * 366 * 86_400;

const NUMBER_OR_NULL = { type: ['number', 'null'] };

const COLUMN = toObjectSchema({
  name: NAME_SCHEMA,
  type: { enum: ['string', 'int64', 'float64', 'boolean', 'timestamp'] },
  nullable: { type: 'boolean' },
  minimum: NUMBER_OR_NULL,
  maximum: NUMBER_OR_NULL,
  values: {
    type: ['array', 'null'],
    maxItems: MAX_VALUES,
    items: { type: 'string', maxLength: 1_024 },
  },
});

export const AVAILABILITY_SCHEMA: SchemaObject = {
  oneOf: [
    toObjectSchema({ column: NAME_SCHEMA }),
    toObjectSchema({ delaySeconds: { type: 'integer', minimum: 0, maximum: MAX_DELAY_SECONDS } }),
    toObjectSchema({ eventTime: { const: true } }),
  ],
};

export const SOURCE_DEFINITION_SCHEMA: SchemaObject = toObjectSchema({
  v: { const: 1 },
  source: { type: 'string', minLength: 1, maxLength: 256 },
  format: { enum: ['csv', 'parquet'] },
  columns: { type: 'array', minItems: 1, maxItems: MAX_COLUMNS, items: COLUMN },
  eventTime: NAME_SCHEMA,
  availability: AVAILABILITY_SCHEMA,
  maxQuarantinedPercent: { type: 'number', minimum: 0, maximum: 100 },
});

/** What a schema cannot say. Throws P808 with the place. */
export function checkSourceDefinition(source: SourceDefinition): void {
  const names = new Set<string>();
  source.columns.forEach((column, index) => {
    const where = `/source/columns/${index}`;
    // DuckDB does not tell names apart by case, so neither may a definition.
    const name = column.name.toLowerCase();
    if (names.has(name)) throw toMalformed(where, 'has the name of an earlier column');
    names.add(name);
    checkRules(column, where);
  });
  requireTime(source, source.eventTime, '/source/eventTime');
  const { availability } = source;
  if ('column' in availability) {
    requireTime(source, availability.column, '/source/availability/column');
  }
}

function checkRules(column: SourceColumn, where: string): void {
  const isNumber = column.type === 'int64' || column.type === 'float64';
  if (!isNumber && (column.minimum !== null || column.maximum !== null)) {
    throw toMalformed(where, 'has a minimum or a maximum, which only numbers have');
  }
  const isListable = column.type === 'string' || column.type === 'int64';
  if (!isListable && column.values !== null) {
    throw toMalformed(where, 'has a list of values, which only strings and whole numbers have');
  }
}

function requireTime(source: SourceDefinition, name: string, where: string): void {
  const column = source.columns.find((candidate) => candidate.name === name);
  if (column?.type !== 'timestamp') throw toMalformed(where, 'names no column of type timestamp');
}

/** The columns without which a row has no place in time. */
export function listTimeColumns(source: SourceDefinition): readonly string[] {
  const { availability, eventTime } = source;
  return 'column' in availability ? [eventTime, availability.column] : [eventTime];
}

export function toAvailableAt(
  availability: Availability,
  eventTime: string,
  toValue: (name: string) => string,
): string {
  if ('column' in availability) return toValue(availability.column);
  if ('eventTime' in availability) return toValue(eventTime);
  return `${toValue(eventTime)} + to_seconds(${availability.delaySeconds})`;
}
