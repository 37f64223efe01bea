import { join } from 'node:path';
import type { Digest } from '../../reconciler/core/contracts/digest.ts';
import type { SnapshotRecord } from '../../reconciler/core/contracts/generated/snapshot-record.generated.ts';
import type { SourceDefinition } from '../../reconciler/core/features/source-definition.ts';
import { toSqlName, toSqlText } from '../../reconciler/core/features/sql-text.ts';
import { digestFile } from './digest-file.ts';
import type { DuckdbSession } from './duckdb-session.ts';
import { toValueName } from './row-rules.ts';
import { toAvailableAt } from './source-definition.ts';

/** Fixed, as is all else that the bytes depend on. */
const PARQUET = `FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE 122880`;

/**
 * The good rows of `checked` in one order for all time, whatever the order they came in: by when
 * they happened, by when they were known, and then by everything they say.
 */
export async function writeRows(
  session: DuckdbSession,
  source: SourceDefinition,
  folder: string,
): Promise<Digest> {
  const names = source.columns.map((column, index) => [toValueName(index), column.name] as const);
  const columns = names.map(([value, name]) => `${value} AS ${toSqlName(name)}`);
  const toValue = createValueFinder(source);
  const order = [toValue(source.eventTime), '__available_at', ...names.map(([value]) => value)];
  const availableAt = toAvailableAt(source.availability, source.eventTime, toValue);
  const file = join(folder, 'rows.parquet');
  await session.run(`
    COPY (
      SELECT ${columns.join(', ')}, __available_at,
        row_number() OVER (ORDER BY ${order.map((by) => `${by} ASC NULLS FIRST`).join(', ')}) - 1
          AS __sequence
      FROM (SELECT *, ${availableAt} AS __available_at FROM checked WHERE reason IS NULL)
      ORDER BY __sequence
    ) TO ${toSqlText(file)} (${PARQUET})`);
  return digestFile(file);
}

/** The bad rows as they came, with their number in the file and why they are bad. */
export async function writeQuarantine(
  session: DuckdbSession,
  source: SourceDefinition,
  folder: string,
): Promise<void> {
  const columns = source.columns.map(
    ({ name }, index) => `came_as[${index + 1}] AS ${toSqlName(name)}`,
  );
  await session.run(`
    COPY (
      SELECT "row" AS __row, reason AS __reason, ${columns.join(', ')}
      FROM checked WHERE reason IS NOT NULL ORDER BY "row"
    ) TO ${toSqlText(join(folder, 'quarantine.parquet'))} (${PARQUET})`);
}

export async function readWatermark(
  session: DuckdbSession,
  source: SourceDefinition,
): Promise<SnapshotRecord['watermark']> {
  const toValue = createValueFinder(source);
  const format = (time: string) => `strftime(max(${time}), '%Y-%m-%dT%H:%M:%S.%fZ')`;
  const availableAt = toAvailableAt(source.availability, source.eventTime, toValue);
  const [row] = await session.readRows(`
    SELECT ${format(toValue(source.eventTime))} AS event_time,
      ${format(availableAt)} AS available_time
    FROM checked WHERE reason IS NULL`);
  const toText = (value: unknown) => (typeof value === 'string' ? value : null);
  return { eventTime: toText(row?.['event_time']), availableTime: toText(row?.['available_time']) };
}

function createValueFinder(source: SourceDefinition): (name: string) => string {
  return (name) => toValueName(source.columns.findIndex((column) => column.name === name));
}
