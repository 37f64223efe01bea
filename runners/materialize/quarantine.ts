import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { SnapshotRecord } from '../../reconciler/core/contracts/generated/snapshot-record.generated.ts';
import type { SourceDefinition } from '../../reconciler/core/features/source-definition.ts';
import type { DuckdbSession } from './duckdb-session.ts';

export type ReasonCounts = {
  /** Good and bad. */
  readonly rows: number;
  readonly badRows: number;
  /** The most frequent first. */
  readonly reasons: SnapshotRecord['quarantined'];
};

/** What a record takes; a source with a thousand columns can break more rules. */
const MAX_REASONS = 256;

/** In a message that a person reads. */
const MAX_REASONS_SAID = 8;

/** Of the table `checked`. */
export async function countReasons(session: DuckdbSession): Promise<ReasonCounts> {
  const found = await session.readRows(`
    SELECT reason, count(*) AS "rows" FROM checked GROUP BY reason
    ORDER BY count(*) DESC, reason`);
  const all = found.map((row) => ({ reason: row['reason'], rows: Number(row['rows']) }));
  const bad = all.flatMap(({ reason, rows }) =>
    typeof reason === 'string' ? [{ reason, rows }] : [],
  );
  const sum = (list: readonly { readonly rows: number }[]) =>
    list.reduce((total, { rows }) => total + rows, 0);
  const reasons =
    bad.length <= MAX_REASONS
      ? bad
      : [
          ...bad.slice(0, MAX_REASONS - 1),
          { reason: 'other reasons', rows: sum(bad.slice(MAX_REASONS - 1)) },
        ];
  return { rows: sum(all), badRows: sum(bad), reasons };
}

export function refuseTooManyBadRows(source: SourceDefinition, counts: ReasonCounts): void {
  const { rows, badRows, reasons } = counts;
  if (badRows * 100 <= source.maxQuarantinedPercent * rows) return;
  const said = reasons
    .slice(0, MAX_REASONS_SAID)
    .map(({ reason, rows: each }) => `${reason} (${each})`);
  const rest = reasons.length - said.length;
  const more = rest > 0 ? ` and ${rest} reasons more` : '';
  throw new CodedError(
    'P801',
    `${badRows} of ${rows} rows are bad, more than ${source.maxQuarantinedPercent} %: ${said.join(', ')}${more}`,
  );
}
