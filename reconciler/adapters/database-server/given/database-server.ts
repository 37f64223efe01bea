import assert from 'node:assert/strict';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { Database } from '../../../ports/database.ts';
import type { DatabaseServer, RunningDatabaseServer } from '../../../ports/database-server.ts';
import { Secret } from '../../../ports/secrets.ts';

/** Postgres 14 is the oldest that its makers still mend. */
const MIN_VERSION = 140_000;

/** What goes into a statement as an identifier is checked against this first. */
const DATABASE_NAME = /^[a-z][a-z0-9_-]{0,62}$/;

export type GivenDeps = {
  /** A URL with the right to connect, and to create databases where they are missing. */
  readonly url: Secret;
  readonly openDatabase: (options: {
    readonly url: Secret;
    readonly maxConnections?: number;
  }) => Database;
};

/** A server that somebody else runs: it is checked and used, never started or stopped. */
export function createGivenDatabaseServer(deps: GivenDeps): DatabaseServer {
  const use = async () => {
    checkUrl(deps.url);
    await withAdministration(deps, checkVersion);
    return toRunning(deps);
  };
  return {
    ensureRunning: use,
    find: use,
    async stop() {},
    async destroy() {},
  };
}

/** Says nothing of what the text is: a password may be in it. */
function checkUrl(url: Secret): void {
  const isUrl = URL.canParse(url.reveal());
  if (isUrl && /^postgres(ql)?:$/.test(new URL(url.reveal()).protocol)) return;
  throw new CodedError(
    'P602',
    'DATABASE_URL is no address of a PostgreSQL server: postgresql://user:password@host:5432/postgres',
  );
}

function toRunning(deps: GivenDeps): RunningDatabaseServer {
  const url = (database: string): Secret => {
    assert.match(database, DATABASE_NAME, 'a database needs a plain name');
    const parsed = new URL(deps.url.reveal());
    parsed.pathname = `/${database}`;
    return new Secret(parsed.href);
  };
  return {
    url,
    async ensureDatabase(database) {
      const secret = url(database);
      await withAdministration(deps, (administration) => createDatabase(administration, database));
      return secret;
    },
  };
}

async function withAdministration(
  deps: GivenDeps,
  work: (administration: Database) => Promise<void>,
): Promise<void> {
  const administration = deps.openDatabase({ url: deps.url, maxConnections: 1 });
  try {
    await work(administration);
  } finally {
    await administration.close();
  }
}

async function checkVersion(administration: Database): Promise<void> {
  const [row] = await administration.query<{ version: number }>(
    `SELECT current_setting('server_version_num')::integer AS version`,
  );
  const version = row?.version ?? 0;
  if (version >= MIN_VERSION) return;
  throw new CodedError('P602', `the database server is older than Postgres 14: ${version}`, {
    details: { version, minVersion: MIN_VERSION },
  });
}

async function createDatabase(administration: Database, database: string): Promise<void> {
  if (await hasDatabase(administration, database)) return;
  try {
    await administration.query(`CREATE DATABASE "${database}" TEMPLATE template0 ENCODING 'UTF8'`);
  } catch (error) {
    // Another process may have been quicker: then it is there, which is all that was asked.
    if (!(await hasDatabase(administration, database))) throw error;
  }
}

async function hasDatabase(administration: Database, database: string): Promise<boolean> {
  const rows = await administration.query('SELECT 1 FROM pg_database WHERE datname = $1', [
    database,
  ]);
  return rows.length > 0;
}
