import pg from 'pg';
import type { Database, SqlSession, SqlValue } from '../../../ports/database.ts';
import type { Secret } from '../../../ports/secrets.ts';
import { toStoreFailure } from './failures.ts';
import { applyMigrations } from './migrate.ts';
import { createTypeParsers } from './types.ts';

/**
 * The server gives up on a statement after 15 s and on a lock after 10 s; the driver waits 5 s
 * longer, so that a dead network is told apart from a busy server. A transaction in which nobody
 * speaks for 15 s is ended, so that a leader that was stopped half-way cannot hold its locks.
 */
const LIMITS = {
  connectionTimeoutMillis: 10_000,
  statement_timeout: 15_000,
  lock_timeout: 10_000,
  query_timeout: 20_000,
  idle_in_transaction_session_timeout: 15_000,
} as const;

const DEFAULT_MAX_CONNECTIONS = 8;

/** A durable commit is asked for each time: a role or a server may have another default. */
const BEGIN_WRITE = 'BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL synchronous_commit = on';
const BEGIN_SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

export function createPostgresDatabase(options: {
  readonly url: Secret;
  readonly maxConnections?: number;
}): Database {
  const pool = new pg.Pool({
    connectionString: options.url.reveal(),
    max: options.maxConnections ?? DEFAULT_MAX_CONNECTIONS,
    application_name: 'plumbline',
    keepAlive: true,
    types: createTypeParsers(),
    ...LIMITS,
  });
  // An idle connection that breaks has left the pool already; unheard, it would end the process.
  pool.on('error', () => {});
  let closing: Promise<void> | null = null;

  const database: Database = {
    async query<Row extends object>(text: string, values?: readonly SqlValue[]) {
      try {
        return (await pool.query<Row>(text, toParameters(values))).rows;
      } catch (error) {
        throw toStoreFailure(error);
      }
    },
    async queryPrepared<Row extends object>(
      name: string,
      text: string,
      values: readonly SqlValue[],
    ) {
      try {
        return (await pool.query<Row>({ name, text, values: toParameters(values) })).rows;
      } catch (error) {
        throw toStoreFailure(error);
      }
    },
    transaction: (work) => runTransaction(pool, BEGIN_WRITE, work),
    snapshot: (work) => runTransaction(pool, BEGIN_SNAPSHOT, work),
    migrate: (series, migrations) => applyMigrations(database, series, migrations),
    close() {
      closing ??= pool.end();
      return closing;
    },
  };
  return database;
}

async function runTransaction<Result>(
  pool: pg.Pool,
  begin: string,
  work: (session: SqlSession) => Promise<Result>,
): Promise<Result> {
  const client = await connect(pool);
  try {
    await client.query(begin);
    const result = await work(toSession(client));
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    // A connection that cannot even roll back is of no use to the next caller.
    const unusable = await client.query('ROLLBACK').then(
      () => false,
      () => true,
    );
    client.release(unusable);
    throw toStoreFailure(error);
  }
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw toStoreFailure(error);
  }
}

function toSession(client: pg.PoolClient): SqlSession {
  return {
    async query<Row extends object>(text: string, values?: readonly SqlValue[]) {
      try {
        return (await client.query<Row>(text, toParameters(values))).rows;
      } catch (error) {
        throw toStoreFailure(error);
      }
    },
  };
}

/** The driver's types ask for a mutable array, although it only reads it. */
function toParameters(values: readonly SqlValue[] | undefined): SqlValue[] {
  return values as SqlValue[];
}
