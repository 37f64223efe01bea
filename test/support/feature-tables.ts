import type {
  ComputedRow,
  SourceRow,
  SourceValue,
  ViewRequest,
} from '../../reconciler/core/features/evaluate-view.ts';
import { toSqlText } from '../../reconciler/core/features/sql-text.ts';
import type { ViewDefinition } from '../../reconciler/core/features/view-definition.ts';
import { type DuckdbSession, openDuckdb } from '../../runners/materialize/duckdb-session.ts';

const SAMPLE_COLUMNS = `region VARCHAR, account BIGINT, amount DOUBLE, quantity BIGINT, flag BOOLEAN,
  kind VARCHAR, "happened at" TIMESTAMPTZ, __available_at TIMESTAMPTZ, __sequence BIGINT`;

export function openTestDuckdb(temporaryFolder: string): Promise<DuckdbSession> {
  return openDuckdb({ memoryLimitMb: 512, threads: 1, temporaryFolder });
}

/** Fills the table `rows` with sample rows. */
export async function makeRowsTable(session: DuckdbSession, rows: readonly SourceRow[]) {
  const tuples = rows.map(({ columns, eventMicros, availableMicros, sequence }) => {
    const { region, account, amount, quantity, flag, kind } = columns as Record<
      string,
      SourceValue
    >;
    return [
      ...[region, account, amount, quantity, flag, kind].map(toSqlValue),
      `make_timestamptz(${eventMicros})`,
      `make_timestamptz(${availableMicros})`,
      String(sequence),
    ];
  });
  await fill(session, 'rows', SAMPLE_COLUMNS, tuples);
}

/** As an accepted snapshot is: a Parquet file. */
export async function writeRowsFile(
  session: DuckdbSession,
  rows: readonly SourceRow[],
  file: string,
): Promise<void> {
  await makeRowsTable(session, rows);
  await session.run(`COPY rows TO ${toSqlText(file)} (FORMAT parquet)`);
}

/** Fills the table `spine` with what is asked for. */
export async function makeSpineTable(session: DuckdbSession, requests: readonly ViewRequest[]) {
  const tuples = requests.map(({ keys, atMicros }, index) => [
    String(index),
    ...keys.map(toSqlValue),
    `make_timestamptz(${atMicros})`,
  ]);
  const columns = '__row BIGINT, region VARCHAR, account BIGINT, __at TIMESTAMPTZ';
  await fill(session, 'spine', columns, tuples);
}

/** What a compiled view answered, in the order of the spine. */
export async function readComputed(
  session: DuckdbSession,
  { features }: ViewDefinition,
  relation: string,
): Promise<readonly ComputedRow[]> {
  const rows = await session.readRows(
    `SELECT *, epoch_us(__event_time) AS e FROM ${relation} ORDER BY __row`,
  );
  return rows.map((row) => ({
    values: features.map((_, index) => row[`f${index}`] as number | null),
    eventMicros: row['e'] === null ? null : Number(row['e']),
  }));
}

async function fill(
  session: DuckdbSession,
  table: string,
  columns: string,
  tuples: readonly (readonly string[])[],
): Promise<void> {
  await session.run(`CREATE OR REPLACE TABLE ${table} (${columns})`);
  if (tuples.length === 0) return;
  const values = tuples.map((tuple) => `(${tuple.join(', ')})`).join(', ');
  await session.run(`INSERT INTO ${table} VALUES ${values}`);
}

function toSqlValue(value: SourceValue | undefined): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'number') return `CAST('${value}' AS DOUBLE)`;
  return typeof value === 'string' ? toSqlText(value) : String(value);
}
