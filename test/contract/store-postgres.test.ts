import { beforeEach, describe, expect, it } from 'vitest';
import { createPostgresDatabase } from '../../reconciler/adapters/database/postgres/database.ts';
import { assertLeader } from '../../reconciler/adapters/store/postgres/fencing.ts';
import type { Fence } from '../../reconciler/core/contracts/fence.ts';
import type { Database, SqlSession } from '../../reconciler/ports/database.ts';
import type { ZoneStore } from '../../reconciler/ports/store.ts';
import { makeAdmission, makeForm, makeIntent, makeOutcome } from '../support/journal-samples.ts';
import { useTestDatabase } from '../support/postgres.ts';
import { createPostgresHarness } from '../support/zone-stores.ts';
import type { ZoneStoreHarness } from './store/harness.ts';
import { LEASE_MS, lead } from './store/lead.ts';

/** What only a database can get wrong: transactions that overlap, and what is written to disk. */
describe('zone store on Postgres', () => {
  const testDatabase = useTestDatabase();
  let harness: ZoneStoreHarness;
  let store: ZoneStore;
  let database: Database;
  let fence: Fence;
  beforeEach(async () => {
    harness = await createPostgresHarness(testDatabase());
    store = await harness.open();
    database = testDatabase().open();
    fence = await lead(store);
  });

  it('gives the lease to a successor only when the last write of the old leader has ended', async () => {
    const successor = await harness.open();
    const acquiring = await whileOpen(database, checkAs(fence), async () => {
      await harness.expireLease();
      const early = { answer: successor.lease.acquire('second', LEASE_MS) };
      await untilSomebodyWaits(database);
      return early;
    });
    expect(await acquiring.answer).toEqual({ holder: 'second', epoch: 2 });
  });

  it('renews the lease while a write of the same leader is under way', async () => {
    await whileOpen(database, checkAs(fence), async () => {
      expect(await store.lease.renew(fence, LEASE_MS)).toBe(true);
    });
  });

  it('refuses a write that waited while another became leader', async () => {
    const intent = makeIntent('alpha', 0);
    await store.journal.openIntent(fence, intent);
    // Not committed yet, so the late writer still sees itself leading.
    const late = await whileOpen(database, takeOver, async () => {
      const recording = store.journal.recordOutcome(fence, makeOutcome(intent));
      const answer = recording.catch((error: unknown) => error);
      await untilSomebodyWaits(database);
      return { answer };
    });
    expect(await late.answer).toMatchObject({ code: 'P403' });
    expect(await store.outbox.readTail()).toBeNull();
  });

  it('gives a number back when the transaction that took it fails', async () => {
    const [first, second] = [makeIntent('alpha', 0), makeIntent('beta', 0)];
    await store.journal.openIntent(fence, first);
    await store.journal.openIntent(fence, second);
    await database.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
         'BEGIN RAISE EXCEPTION USING ERRCODE = ''disk_full'', MESSAGE = ''no space''; END';
       CREATE TRIGGER refuse BEFORE INSERT ON recorded EXECUTE FUNCTION refuse()`,
    );
    await expect(store.journal.recordOutcome(fence, makeOutcome(first))).rejects.toMatchObject({
      code: 'P401',
      remedy: 'retry',
    });
    expect(await store.outbox.readTail()).toBeNull();
    expect(await store.outbox.listPending(10)).toEqual([]);
    expect(await store.journal.listOpenIntents()).toHaveLength(2);
    await database.query('DROP TRIGGER refuse ON recorded');
    const { record } = await store.journal.recordOutcome(fence, makeOutcome(second));
    expect(record).toMatchObject({ seq: 1, prev: null });
  });

  it('writes only the desired resources that changed', async () => {
    const forms = Array.from({ length: 500 }, (_, at) => makeForm(`many-${at}`, 0));
    await store.admissions.admit(fence, makeAdmission(1, forms));
    const changed = forms.map((form, at) => (at === 7 ? makeForm('many-7', 1) : form));
    await store.admissions.admit(fence, makeAdmission(2, changed));
    const rows = await database.query<{ admission: number; count: number }>(
      'SELECT admission, count(*) FROM desired GROUP BY admission ORDER BY admission',
    );
    expect(rows).toEqual([
      { admission: 1, count: 499 },
      { admission: 2, count: 1 },
    ]);
  });

  it('keeps the header of every admission', async () => {
    await store.admissions.admit(fence, makeAdmission(1, [makeForm('alpha', 0)]));
    await store.admissions.admit(fence, makeAdmission(2, []));
    const rows = await database.query('SELECT sequence, v, epoch FROM admission ORDER BY sequence');
    expect(rows).toEqual([
      { sequence: 1, v: 1, epoch: 1 },
      { sequence: 2, v: 1, epoch: 1 },
    ]);
  });

  it('keeps each record as the very text that was sealed', async () => {
    const intent = makeIntent('alpha', 0);
    await store.journal.openIntent(fence, intent);
    const sealed = await store.journal.recordOutcome(fence, makeOutcome(intent));
    expect(await database.query('SELECT seq, v, record, digest FROM outbox')).toEqual([
      { seq: 1, v: 1, record: sealed.text, digest: sealed.digest },
    ]);
  });

  it('asks for a durable commit even where the server does not by default', async () => {
    await database.query(
      `DO $$ BEGIN EXECUTE format(
         'ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$`,
    );
    const unaware = createPostgresDatabase({ url: testDatabase().url });
    const setting = `SELECT current_setting('synchronous_commit') AS value`;
    expect(await unaware.query(setting)).toEqual([{ value: 'off' }]);
    expect(await unaware.transaction((session) => session.query(setting))).toEqual([
      { value: 'on' },
    ]);
    await unaware.close();
  });

  it('works again after its connections were cut', async () => {
    const other = testDatabase().open();
    await other.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    // The first call may still meet a cut connection: then it says so in a way that invites a retry.
    const first = store.lease.renew(fence, LEASE_MS).catch((error: unknown) => error);
    expect([true, expect.objectContaining({ code: 'P401', remedy: 'retry' })]).toContainEqual(
      await first,
    );
    expect(await store.lease.renew(fence, LEASE_MS)).toBe(true);
  });

  it('is refused by an older version of the program', async () => {
    await database.query(
      `INSERT INTO schema_migration (series, number, name) VALUES ('store', 99, 'from the future')`,
    );
    await expect(harness.open()).rejects.toMatchObject({ code: 'P402', remedy: 'stop' });
  });
});

/** What every write of the leader does first. */
const checkAs = (fence: Fence) => (session: SqlSession) => assertLeader(session, fence);

async function takeOver(session: SqlSession): Promise<void> {
  await session.query(
    `UPDATE leader SET epoch = epoch + 1, holder = 'second',
       expires_at = clock_timestamp() + interval '1 hour'`,
  );
}

/** Does `meanwhile` after `first` in a transaction that has not ended; it ends in any case. */
async function whileOpen<Result>(
  database: Database,
  first: (session: SqlSession) => Promise<void>,
  meanwhile: () => Promise<Result>,
): Promise<Result> {
  return database.transaction(async (session) => {
    await first(session);
    return meanwhile();
  });
}

/** Bounded by the test's own time limit: the server tells when a lock is waited for. */
async function untilSomebodyWaits(database: Database): Promise<void> {
  for (;;) {
    const rows = await database.query(
      `SELECT 1 FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rows.length > 0) return;
  }
}
