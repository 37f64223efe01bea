import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database, Migration } from '../../reconciler/ports/database.ts';

export type DatabaseHarness = {
  /** Another handle on the same database, as another process would have. */
  open(): Database;
  close(): Promise<void>;
};

const MIGRATIONS: readonly Migration[] = [
  { number: 1, name: 'first', sql: 'CREATE TABLE thing (name text PRIMARY KEY)' },
  {
    number: 2,
    name: 'second',
    sql: `INSERT INTO thing VALUES ('one'); INSERT INTO thing VALUES ('two')`,
  },
];

/** What every database promises to the tables that live in it. */
export function describeDatabase(subject: {
  readonly name: string;
  create(): Promise<DatabaseHarness>;
}): void {
  describe(`database: ${subject.name}`, () => {
    let harness: DatabaseHarness;
    let database: Database;
    beforeEach(async () => {
      harness = await subject.create();
      database = harness.open();
    });
    afterEach(() => harness.close());

    describeQueries(() => database);
    describeTransactions(() => harness);
    describeMigrations(() => harness);
  });
}

function describeQueries(database: () => Database): void {
  it('gives back values as they are, whole numbers as numbers and JSON as values', async () => {
    const json = { b: [1, null, 'λ'], a: { deep: true } };
    const rows = await database().query(
      'SELECT $1::bigint AS whole, $2::json AS json, $3::text AS text, $4::text[] AS list',
      [2 ** 53 - 1, JSON.stringify(json), 'it\'s; "quoted"', ['a', null, '{"b"}']],
    );
    expect(rows).toEqual([
      { whole: 2 ** 53 - 1, json, text: 'it\'s; "quoted"', list: ['a', null, '{"b"}'] },
    ]);
  });

  it('answers a prepared statement each time from what it is given and from what is there', async () => {
    await database().query('CREATE TABLE counted (name text)');
    const count = async (name: string) => {
      const rows = await database().queryPrepared<{ count: number }>(
        'count by name',
        'SELECT count(*) AS count FROM counted WHERE name = ANY ($1::text[])',
        [[name]],
      );
      return rows[0]?.count;
    };
    // More often than a server needs to settle on one plan.
    for (let round = 0; round < 8; round += 1) {
      expect(await count('a')).toBe(round);
      await database().query(`INSERT INTO counted VALUES ('a')`);
    }
    expect(await count('b')).toBe(0);
    await expect(
      database().queryPrepared('wrong', 'SELECT $1::text::integer', ['x']),
    ).rejects.toThrow('a value does not fit its type');
  });

  it('refuses to round a whole number', async () => {
    await expect(database().query('SELECT 9007199254740993::bigint AS whole')).rejects.toThrow(
      'beyond 2^53',
    );
  });

  it('treats a wrong statement as a defect and keeps its values out of the message', async () => {
    const wrong = database().query(`SELECT $1::text::integer`, ['a customer']);
    const error = await wrong.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toHaveProperty('code');
    expect(String(error)).not.toContain('customer');
    expect(await database().query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
}

function describeTransactions(harness: () => DatabaseHarness): void {
  it('keeps all of a transaction or nothing', async () => {
    const database = harness().open();
    await database.query('CREATE TABLE thing (name text PRIMARY KEY)');
    const insert = 'INSERT INTO thing VALUES ($1)';
    const failing = database.transaction(async (session) => {
      await session.query(insert, ['lost']);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    const kept = await database.transaction(async (session) => {
      await session.query(insert, ['kept']);
      return 'result';
    });
    expect(kept).toBe('result');
    expect(await harness().open().query('SELECT name FROM thing')).toEqual([{ name: 'kept' }]);
  });

  it('shows one state to all reads of a snapshot, and lets it write nothing', async () => {
    const [reader, writer] = [harness().open(), harness().open()];
    await writer.query('CREATE TABLE thing (name text PRIMARY KEY)');
    await reader.snapshot(async (session) => {
      expect(await session.query('SELECT name FROM thing')).toEqual([]);
      await writer.query(`INSERT INTO thing VALUES ('meanwhile')`);
      expect(await session.query('SELECT name FROM thing')).toEqual([]);
    });
    const writing = reader.snapshot((session) => session.query('DELETE FROM thing'));
    await expect(writing).rejects.toThrow();
    expect(await reader.query('SELECT name FROM thing')).toEqual([{ name: 'meanwhile' }]);
  });

  it('asks to retry when two transactions block each other', async () => {
    const database = harness().open();
    await database.query(
      `CREATE TABLE thing (name text PRIMARY KEY, n integer NOT NULL DEFAULT 0);
       INSERT INTO thing VALUES ('one'), ('two')`,
    );
    const update = 'UPDATE thing SET n = n + 1 WHERE name = $1';
    const meeting = createMeeting(2);
    const inOrder = (names: readonly string[]) =>
      database.transaction(async (session) => {
        await session.query(update, [names[0] as string]);
        await meeting();
        await session.query(update, [names[1] as string]);
      });
    const results = await Promise.allSettled([inOrder(['one', 'two']), inOrder(['two', 'one'])]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'P401', remedy: 'retry' },
    });
  });
}

function describeMigrations(harness: () => DatabaseHarness): void {
  it('applies each step once, however many processes come at once', async () => {
    const handles = Array.from({ length: 4 }, () => harness().open());
    await Promise.all(handles.map((database) => database.migrate('things', MIGRATIONS)));
    const [database] = handles as [Database];
    await database.migrate('things', MIGRATIONS);
    const names = await database.query('SELECT name FROM thing ORDER BY name');
    expect(names).toEqual([{ name: 'one' }, { name: 'two' }]);
    const steps = await database.query('SELECT number, name FROM schema_migration ORDER BY number');
    expect(steps).toEqual([
      { number: 1, name: 'first' },
      { number: 2, name: 'second' },
    ]);
  });

  it('continues where an older version stopped', async () => {
    const database = harness().open();
    await database.migrate('things', MIGRATIONS.slice(0, 1));
    expect(await database.query('SELECT name FROM thing')).toEqual([]);
    await database.migrate('things', MIGRATIONS);
    expect(await database.query('SELECT name FROM thing')).toHaveLength(2);
  });

  it('refuses a database that a newer version wrote', async () => {
    const database = harness().open();
    await database.migrate('things', MIGRATIONS);
    const older = database.migrate('things', MIGRATIONS.slice(0, 1));
    await expect(older).rejects.toMatchObject({ code: 'P402', details: { applied: 2, known: 1 } });
  });

  it('applies all steps or none', async () => {
    const database = harness().open();
    const broken: Migration = { number: 3, name: 'third', sql: 'CREATE TABLE thing (again text)' };
    await expect(database.migrate('things', [...MIGRATIONS, broken])).rejects.toThrow();
    await database.migrate('things', MIGRATIONS);
    expect(await database.query('SELECT name FROM thing')).toHaveLength(2);
  });

  it('keeps series apart', async () => {
    const database = harness().open();
    await database.migrate('things', MIGRATIONS);
    const other: Migration = { number: 1, name: 'other', sql: 'CREATE TABLE other (name text)' };
    await database.migrate('others', [other]);
    expect(await database.query('SELECT name FROM other')).toEqual([]);
  });
}

/** Resolves for all when the last has come. */
function createMeeting(count: number): () => Promise<void> {
  let missing = count;
  let open = () => {};
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    missing -= 1;
    if (missing === 0) open();
    return all;
  };
}
