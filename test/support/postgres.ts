import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { createPostgresDatabase } from '../../reconciler/adapters/database/postgres/database.ts';
import type { Database } from '../../reconciler/ports/database.ts';
import type { RunningDatabaseServer } from '../../reconciler/ports/database-server.ts';
import type { Secret } from '../../reconciler/ports/secrets.ts';
import { createTestServer } from './postgres-server.ts';

export type TestDatabase = {
  readonly url: Secret;
  /** A connection pool of its own, as another process would have; closed by `drop`. */
  open(): Database;
  drop(): Promise<void>;
};

/** This run's server: started by the first who asks, adopted by all others. */
export function ensureTestServer(): Promise<RunningDatabaseServer> {
  return createTestServer(inject('postgresStateFolder')).ensureRunning();
}

/** An empty database that no other test sees. */
export async function createTestDatabase(server: RunningDatabaseServer): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const url = await server.ensureDatabase(name);
  const opened: Database[] = [];
  return {
    url,
    open() {
      const database = createPostgresDatabase({ url });
      opened.push(database);
      return database;
    },
    async drop() {
      await Promise.all(opened.map((database) => database.close()));
      const administration = createPostgresDatabase({ url: server.url('postgres') });
      await administration.query(`DROP DATABASE "${name}" WITH (FORCE)`);
      await administration.close();
    },
  };
}
