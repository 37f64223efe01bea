import assert from 'node:assert/strict';
import { type Fence, isHigherEpoch } from '../../../core/contracts/fence.ts';
import type { RouteTable } from '../../../core/contracts/generated/route-table.generated.ts';
import {
  ASSIGNMENT_KEY_BYTES,
  composeRoutes,
  createKeptRoute,
  isRouteChanged,
  isWorthKeeping,
  type KeptRoute,
  withSettings,
  withVersions,
} from '../../../core/serving/compose-routes.ts';
import type { Database, SqlSession } from '../../../ports/database.ts';
import type { Randomness } from '../../../ports/randomness.ts';
import type { Routes } from '../../../ports/routes.ts';
import { listLastWords, writeAcknowledgement } from './acknowledgements.ts';
import { ROUTES_MIGRATIONS } from './migrations.ts';

const ROUTE_VERSION = 1;

type RouteDeps = {
  readonly zone: string;
  readonly database: Database;
  readonly randomness: Randomness;
};

/** Beside the zone's journal, in the same database, but with a fence of its own as any receiver. */
export async function openPostgresRoutes(deps: RouteDeps): Promise<Routes> {
  const { zone, database, randomness } = deps;
  await database.migrate('routes', ROUTES_MIGRATIONS);
  const makeKey = () => Buffer.from(randomness.bytes(ASSIGNMENT_KEY_BYTES)).toString('hex');
  const change = (fence: Fence, endpoint: string, edit: (kept: KeptRoute) => KeptRoute) =>
    database.transaction(async (session) => {
      const revision = await raiseEpoch(session, fence);
      const before = await readRoute(session, endpoint);
      const after = edit(before);
      await writeRoute(session, after);
      if (!isRouteChanged(before, after)) return revision;
      await session.query('UPDATE route_head SET revision = $1', [revision + 1]);
      // Composed before it is committed: what nodes could not read is never in force.
      await readTable(session, zone);
      return revision + 1;
    });

  return {
    async raiseFence(fence) {
      await database.transaction((session) => raiseEpoch(session, fence));
    },
    putEndpoint: async (fence, endpoint, settings) => {
      await change(fence, endpoint, (kept) => withSettings(kept, settings, makeKey));
    },
    putVersions: (fence, endpoint, versions) =>
      change(fence, endpoint, (kept) => withVersions(kept, versions)),
    read: () => database.snapshot((session) => readTable(session, zone)),
    async skipBeyond(revision) {
      await database.query('UPDATE route_head SET revision = $1 WHERE revision < $1', [
        revision + 1,
      ]);
    },
    acknowledge: (word) => database.transaction((session) => writeAcknowledgement(session, word)),
    listAcknowledgements: () => listLastWords(database),
  };
}

/** Locks the head until the transaction ends: writes happen one after the other. */
async function raiseEpoch(session: SqlSession, fence: Fence): Promise<number> {
  const [head] = await session.query<{ epoch: number; revision: number }>(
    'SELECT epoch, revision FROM route_head FOR UPDATE',
  );
  assert(head !== undefined, 'the routes have no head row');
  if (isHigherEpoch(head.epoch, fence)) {
    await session.query('UPDATE route_head SET epoch = $1', [fence.epoch]);
  }
  return head.revision;
}

const SELECT_ROUTE =
  'SELECT endpoint, settings, versions, assignment_key AS "assignmentKey" FROM route';

async function readRoute(session: SqlSession, endpoint: string): Promise<KeptRoute> {
  const [row] = await session.query<KeptRoute>(`${SELECT_ROUTE} WHERE endpoint = $1`, [endpoint]);
  return row ?? createKeptRoute(endpoint);
}

async function readTable(session: SqlSession, zone: string): Promise<RouteTable> {
  const [head] = await session.query<{ revision: number }>('SELECT revision FROM route_head');
  assert(head !== undefined, 'the routes have no head row');
  return composeRoutes(zone, head.revision, await session.query<KeptRoute>(SELECT_ROUTE));
}

async function writeRoute(session: SqlSession, kept: KeptRoute): Promise<void> {
  const { endpoint, settings, versions, assignmentKey } = kept;
  if (!isWorthKeeping(kept)) {
    await session.query('DELETE FROM route WHERE endpoint = $1', [endpoint]);
    return;
  }
  await session.query(
    `INSERT INTO route (endpoint, v, settings, versions, assignment_key)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (endpoint) DO UPDATE
     SET v = excluded.v, settings = excluded.settings, versions = excluded.versions,
         assignment_key = excluded.assignment_key`,
    [
      endpoint,
      ROUTE_VERSION,
      settings === null ? null : JSON.stringify(settings),
      versions === null ? null : JSON.stringify(versions),
      assignmentKey,
    ],
  );
}
