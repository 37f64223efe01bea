import assert from 'node:assert/strict';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { Database, Migration, SqlSession } from '../../../ports/database.ts';

/** Any fixed number does, as long as nobody else takes it: the first bytes of `plumbline`. */
const ADVISORY_LOCK = 0x706c756d;

const CREATE_JOURNAL = `
  CREATE TABLE IF NOT EXISTS schema_migration (
    series text NOT NULL,
    number integer NOT NULL,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (series, number)
  )`;

/** Under one lock for all series, so that two processes never interleave their steps. */
export async function applyMigrations(
  database: Database,
  series: string,
  migrations: readonly Migration[],
): Promise<void> {
  for (const [index, migration] of migrations.entries()) {
    assert.equal(migration.number, index + 1, `gap in the migrations of ${series}`);
  }
  await database.transaction(async (session) => {
    await session.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCK]);
    await session.query(CREATE_JOURNAL);
    const applied = await readApplied(session, series);
    if (applied > migrations.length) throw toNewerSchema(series, applied, migrations.length);
    for (const migration of migrations.slice(applied)) {
      await session.query(migration.sql);
      await session.query(
        'INSERT INTO schema_migration (series, number, name) VALUES ($1, $2, $3)',
        [series, migration.number, migration.name],
      );
    }
  });
}

async function readApplied(session: SqlSession, series: string): Promise<number> {
  const rows = await session.query<{ applied: number }>(
    'SELECT coalesce(max(number), 0) AS applied FROM schema_migration WHERE series = $1',
    [series],
  );
  return rows[0]?.applied ?? 0;
}

function toNewerSchema(series: string, applied: number, known: number): CodedError {
  return new CodedError(
    'P402',
    `the store was written by a newer Plumbline: its ${series} tables are at step ${applied}, this version knows ${known}`,
    { details: { series, applied, known } },
  );
}
