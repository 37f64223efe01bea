import { createSimulatedClock } from '../../reconciler/adapters/clock/simulated/clock.ts';
import { createMemoryTables } from '../../reconciler/adapters/store/memory/tables.ts';
import { createMemoryZoneStore } from '../../reconciler/adapters/store/memory/zone-store.ts';
import { openPostgresZoneStore } from '../../reconciler/adapters/store/postgres/zone-store.ts';
import type { RunningDatabaseServer } from '../../reconciler/ports/database-server.ts';
import type { ZoneStoreHarness } from '../contract/store/harness.ts';
import { createTestDatabase, type TestDatabase } from './postgres.ts';

export async function createMemoryHarness(): Promise<ZoneStoreHarness> {
  const tables = createMemoryTables();
  const clock = createSimulatedClock({ startAt: Date.UTC(2026, 0, 1) });
  return {
    open: async () => createMemoryZoneStore({ tables, clock }),
    async expireLease() {
      tables.leader = { ...tables.leader, expiresAt: clock.now() };
    },
    async close() {},
  };
}

export async function createPostgresHarness(
  server: RunningDatabaseServer,
): Promise<ZoneStoreHarness & { readonly testDatabase: TestDatabase }> {
  const testDatabase = await createTestDatabase(server);
  const helper = testDatabase.open();
  return {
    testDatabase,
    open: () => openPostgresZoneStore({ database: testDatabase.open() }),
    async expireLease() {
      await helper.query('UPDATE leader SET expires_at = clock_timestamp()');
    },
    close: () => testDatabase.drop(),
  };
}
