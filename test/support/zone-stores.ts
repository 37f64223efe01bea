import { createSimulatedClock } from '../../reconciler/adapters/clock/simulated/clock.ts';
import { createMemoryTables } from '../../reconciler/adapters/store/memory/tables.ts';
import { createMemoryZoneStore } from '../../reconciler/adapters/store/memory/zone-store.ts';
import { openPostgresZoneStore } from '../../reconciler/adapters/store/postgres/zone-store.ts';
import type { ZoneStoreHarness } from '../contract/store/harness.ts';
import type { TestDatabase } from './postgres.ts';

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

/** An empty zone in this database: whoever used it before is done with it. */
export async function createPostgresHarness(testDatabase: TestDatabase): Promise<ZoneStoreHarness> {
  await testDatabase.reset();
  const helper = testDatabase.open();
  return {
    open: () => openPostgresZoneStore({ database: testDatabase.open() }),
    async expireLease() {
      await helper.query('UPDATE leader SET expires_at = clock_timestamp()');
    },
    async close() {},
  };
}
