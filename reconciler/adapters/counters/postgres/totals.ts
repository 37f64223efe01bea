import type { CounterEntry } from '../../../core/contracts/generated/counter-delta.generated.ts';
import {
  addCounters,
  requireShape,
  sumCounters,
  toCounterShape,
} from '../../../core/serving/sum-counters.ts';
import type { SqlSession } from '../../../ports/database.ts';

const TOTAL_VERSION = 1;

/** The caller holds the lock of all counters; what it throws takes the whole delta back. */
export async function addToTotals(
  session: SqlSession,
  entries: readonly CounterEntry[],
): Promise<void> {
  await keepShapes(session, entries);
  for (const entry of sumCounters(entries)) {
    const before = await readTotal(session, entry);
    await writeTotal(session, before === null ? entry : addCounters(before, entry));
  }
}

async function keepShapes(session: SqlSession, entries: readonly CounterEntry[]): Promise<void> {
  for (const entry of entries) {
    const shape = toCounterShape(entry);
    const [known] = await session.query<{ shape: string }>(
      'SELECT shape FROM counter_shape WHERE version = $1',
      [entry.version],
    );
    if (known !== undefined) requireShape(entry.version, known.shape, shape);
    else {
      await session.query('INSERT INTO counter_shape (version, shape) VALUES ($1, $2)', [
        entry.version,
        shape,
      ]);
    }
  }
}

async function readTotal(session: SqlSession, entry: CounterEntry): Promise<CounterEntry | null> {
  const [row] = await session.query<{ entry: CounterEntry }>(
    `SELECT entry FROM counter_total
     WHERE endpoint = $1 AND version = $2 AND route_revision = $3`,
    [entry.endpoint, entry.version, entry.routeRevision],
  );
  return row?.entry ?? null;
}

async function writeTotal(session: SqlSession, entry: CounterEntry): Promise<void> {
  await session.query(
    `INSERT INTO counter_total (endpoint, version, route_revision, v, entry)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (endpoint, version, route_revision) DO UPDATE
     SET v = excluded.v, entry = excluded.entry`,
    [entry.endpoint, entry.version, entry.routeRevision, TOTAL_VERSION, JSON.stringify(entry)],
  );
}
