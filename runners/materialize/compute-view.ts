import assert from 'node:assert/strict';
import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';
import {
  compileView,
  type TimeToLiveUse,
  toReadColumns,
} from '../../reconciler/core/features/compile-view.ts';
import { compileWork } from '../../reconciler/core/features/compile-windows.ts';
import { toSqlName, toSqlPath } from '../../reconciler/core/features/sql-text.ts';
import type { ViewDefinition } from '../../reconciler/core/features/view-definition.ts';
import { type DuckdbSession, readColumnTypes } from './duckdb-session.ts';

/**
 * Rows of windows and of the spine that are computed at once: with about 100 bytes each, and each
 * held twice while it is sorted, some 400 MB.
 */
const WORK_PER_PORTION = 2_000_000;

const NUMERIC = /^(BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|FLOAT|DOUBLE)$/;

/**
 * Fills the new table `into` with the view's values for each row of `spine`, portion by portion,
 * so that memory does not grow with either. Throws P801 when the rows do not fit the definition.
 */
export async function computeView(
  session: DuckdbSession,
  input: {
    readonly definition: ViewDefinition;
    readonly rowsFile: string;
    /** A table of ours. */
    readonly spine: string;
    readonly into: string;
    readonly timeToLive: TimeToLiveUse;
    readonly workPerPortion?: number;
  },
): Promise<void> {
  const { definition, spine, into, timeToLive } = input;
  const rows = `read_parquet(${toSqlPath(input.rowsFile)})`;
  await requireFittingRows(session, definition, rows);
  const keys = definition.keys.map(({ name }) => toSqlName(name));
  const limit = input.workPerPortion ?? WORK_PER_PORTION;
  await session.run(`CREATE OR REPLACE TEMP TABLE portioned AS
    SELECT asked.*, CAST(floor((sum(work) OVER (ORDER BY hash(${keys.join(', ')}), __row) - 1) / ${limit}) AS BIGINT) AS __portion
    FROM ${spine} AS asked JOIN (${compileWork(definition, { spine, rows })}) AS amount USING (__row)`);
  const portions = await session.readRows(
    'SELECT DISTINCT CAST(__portion AS DOUBLE) AS portion FROM portioned ORDER BY 1',
  );
  const wanted = `SELECT known.* FROM ${rows} AS known SEMI JOIN spine_portion USING (${keys.join(', ')})`;
  const view = compileView(
    definition,
    { spine: 'spine_portion', rows: 'rows_portion' },
    timeToLive,
  );
  // An empty spine has no portion, and its table still has its columns.
  for (const portion of portions.length === 0
    ? [0]
    : portions.map((row) => Number(row['portion']))) {
    await session.run(`CREATE OR REPLACE TEMP TABLE spine_portion AS
      SELECT * EXCLUDE (__portion) FROM portioned WHERE __portion = ${portion}`);
    await session.run(`CREATE OR REPLACE TEMP VIEW rows_portion AS ${wanted}`);
    const isFirst = portion === Number(portions[0]?.['portion'] ?? 0);
    await session.run(isFirst ? `CREATE TABLE ${into} AS ${view}` : `INSERT INTO ${into} ${view}`);
  }
  await requireOneRowEach(session, spine, into);
}

/** A row asked for is answered exactly once: anything else would move labels between rows. */
async function requireOneRowEach(session: DuckdbSession, spine: string, into: string) {
  const [counts] = await session.readRows(
    `SELECT (SELECT count(*) FROM ${spine}) AS asked, count(*) AS answered, count(DISTINCT __row) AS rows FROM ${into}`,
  );
  assert.equal(counts?.['answered'], counts?.['asked'], 'a point-in-time join lost or made rows');
  assert.equal(counts?.['rows'], counts?.['asked'], 'a point-in-time join repeated rows');
}

async function requireFittingRows(
  session: DuckdbSession,
  definition: ViewDefinition,
  rows: string,
): Promise<void> {
  const types = await readColumnTypes(session, rows);
  const needed = [
    ...definition.keys.map(({ name }) => name),
    definition.eventTime,
    '__available_at',
    '__sequence',
    ...toReadColumns(definition),
  ];
  const missing = needed.filter((name) => !types.has(name));
  if (missing.length > 0) {
    throw new CodedError(
      'P801',
      `the snapshot of ${definition.source} lacks ${missing.join(', ')}, which ${definition.view} reads; ingest the source again as it is declared`,
    );
  }
  for (const feature of definition.features) {
    const { name, column } = feature;
    const isCounted = feature.kind === 'aggregate' && feature.function === 'distinct';
    const isCategory = feature.kind === 'latest' && feature.categories !== null;
    if (column === null || isCounted || isCategory) continue;
    const type = types.get(column) ?? '';
    if (!NUMERIC.test(type)) {
      throw new CodedError(
        'P801',
        `feature ${name} of ${definition.view} needs a number, and its column ${column} is ${type}; list categories, or take another column`,
      );
    }
  }
}
