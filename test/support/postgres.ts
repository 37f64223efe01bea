import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, inject } from 'vitest';
import { createPostgresDatabase } from '../../reconciler/adapters/database/postgres/database.ts';
import type { Database } from '../../reconciler/ports/database.ts';
import type { RunningDatabaseServer } from '../../reconciler/ports/database-server.ts';
import type { Secret } from '../../reconciler/ports/secrets.ts';
import { createTestServer } from './postgres-server.ts';

export type TestDatabase = {
  readonly url: Secret;
  /** A handle with connections of its own, as another process would have; closed by `drop`. */
  open(): Database;
  /** Empties the database and takes back the handles: connecting costs more than most tests. */
  reset(): Promise<void>;
  drop(): Promise<void>;
};

/** This run's server: started by the first who asks, adopted by all others. */
export function ensureTestServer(): Promise<RunningDatabaseServer> {
  return createTestServer(inject('postgresStateFolder')).ensureRunning();
}

/** A database for the tests of one file, which no other file sees. */
export function useTestDatabase(): () => TestDatabase {
  let testDatabase: TestDatabase | null = null;
  beforeAll(async () => {
    testDatabase = await createTestDatabase(await ensureTestServer());
  });
  afterAll(() => testDatabase?.drop());
  return () => {
    if (testDatabase === null) throw new Error('there is no database before the first test');
    return testDatabase;
  };
}

async function createTestDatabase(server: RunningDatabaseServer): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const url = await server.ensureDatabase(name);
  const own = createPostgresDatabase({ url, maxConnections: 1 });
  const handles: Database[] = [];
  let taken = 0;
  return {
    url,
    open() {
      const handle = handles[taken] ?? createPostgresDatabase({ url });
      handles[taken] = handle;
      taken += 1;
      return handle;
    },
    async reset() {
      taken = 0;
      await own.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    },
    async drop() {
      await Promise.all([own, ...handles].map((handle) => handle.close()));
      const administration = createPostgresDatabase({ url: server.url('postgres') });
      await administration.query(`DROP DATABASE "${name}" WITH (FORCE)`);
      await administration.close();
    },
  };
}
