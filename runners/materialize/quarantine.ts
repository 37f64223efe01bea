import type { BadRowReason, BadRows } from '../../reconciler/core/features/bad-rows.ts';
import { MAX_FIRST_ROWS } from '../../reconciler/core/features/bad-rows.ts';
import type { DuckdbSession } from './duckdb-session.ts';

/** What a record takes; a source with a thousand columns can break more rules. */
const MAX_REASONS = 256;

/** Of the table `checked`. */
export async function countReasons(session: DuckdbSession): Promise<BadRows> {
  const found = await session.readRows(`
    SELECT reason, count(*) AS "rows", min("row", ${MAX_FIRST_ROWS}) AS first_rows
    FROM checked GROUP BY reason
    ORDER BY count(*) DESC, reason`);
  const all = found.map((row) => ({
    reason: row['reason'],
    rows: Number(row['rows']),
    firstRows: toNumbers(row['first_rows']),
  }));
  const bad = all.flatMap(({ reason, ...counted }): readonly BadRowReason[] =>
    typeof reason === 'string' ? [{ reason, ...counted }] : [],
  );
  const sum = (list: readonly { readonly rows: number }[]) =>
    list.reduce((total, { rows }) => total + rows, 0);
  const others = bad.slice(MAX_REASONS - 1);
  const reasons =
    bad.length <= MAX_REASONS
      ? bad
      : [
          ...bad.slice(0, MAX_REASONS - 1),
          { reason: 'other reasons', rows: sum(others), firstRows: [] },
        ];
  return { rows: sum(all), badRows: sum(bad), reasons };
}

function toNumbers(list: unknown): readonly number[] {
  return Array.isArray(list) ? list.map(Number) : [];
}
