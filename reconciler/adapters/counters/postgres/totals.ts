import type { CounterEntry } from '../../../core/contracts/generated/counter-delta.generated.ts';
import {
  addCounters,
  requireShape,
  sumCounters,
  toCounterKey,
  toCounterShape,
} from '../../../core/serving/sum-counters.ts';
import type { SqlSession } from '../../../ports/database.ts';

const TOTAL_VERSION = 1;

/**
 * The caller holds the lock of all counters; what it throws takes the whole delta back. Four
 * statements however many entries there are, since every other writer waits meanwhile.
 */
export async function addToTotals(
  session: SqlSession,
  entries: readonly CounterEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await keepShapes(session, entries);
  const sums = sumCounters(entries);
  const before = await readTotals(session, sums);
  const after = sums.map((entry) => {
    const total = before.get(toCounterKey(entry));
    return total === undefined ? entry : addCounters(total, entry);
  });
  await writeTotals(session, after);
}

async function keepShapes(session: SqlSession, entries: readonly CounterEntry[]): Promise<void> {
  const versions = [...new Set(entries.map(({ version }) => version))];
  const known = await session.query<{ version: string; shape: string }>(
    'SELECT version, shape FROM counter_shape WHERE version = ANY($1::text[])',
    [versions],
  );
  const shapes = new Map(known.map(({ version, shape }) => [version, shape]));
  for (const entry of entries) {
    const shape = toCounterShape(entry);
    requireShape(entry.version, shapes.get(entry.version) ?? shape, shape);
    shapes.set(entry.version, shape);
  }
  if (known.length === shapes.size) return;
  await session.query(
    `INSERT INTO counter_shape (version, shape) SELECT * FROM unnest($1::text[], $2::text[])
     ON CONFLICT (version) DO NOTHING`,
    [[...shapes.keys()], [...shapes.values()]],
  );
}

async function readTotals(
  session: SqlSession,
  sums: readonly CounterEntry[],
): Promise<ReadonlyMap<string, CounterEntry>> {
  const rows = await session.query<{ entry: CounterEntry }>(
    `SELECT entry FROM counter_total
     JOIN unnest($1::text[], $2::text[], $3::bigint[]) AS wanted (endpoint, version, route_revision)
     USING (endpoint, version, route_revision)`,
    toKeyColumns(sums),
  );
  return new Map(rows.map(({ entry }) => [toCounterKey(entry), entry]));
}

async function writeTotals(session: SqlSession, totals: readonly CounterEntry[]): Promise<void> {
  await session.query(
    `INSERT INTO counter_total (endpoint, version, route_revision, v, entry)
     SELECT endpoint, version, route_revision, ${TOTAL_VERSION}, entry::json
     FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[])
       AS total (endpoint, version, route_revision, entry)
     ON CONFLICT (endpoint, version, route_revision) DO UPDATE
     SET v = excluded.v, entry = excluded.entry`,
    [...toKeyColumns(totals), totals.map((total) => JSON.stringify(total))],
  );
}

function toKeyColumns(entries: readonly CounterEntry[]): readonly (readonly string[])[] {
  return [
    entries.map(({ endpoint }) => endpoint),
    entries.map(({ version }) => version),
    entries.map(({ routeRevision }) => String(routeRevision)),
  ];
}
