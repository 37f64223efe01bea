import type { Database } from '../../../ports/database.ts';
import type { ZoneStore } from '../../../ports/store.ts';
import { createAdmissionStore } from './admissions.ts';
import { createJournalStore } from './journal.ts';
import { createLeaseStore } from './lease.ts';
import { STORE_MIGRATIONS } from './migrations/series.ts';
import { createOutboxStore } from './outbox.ts';

/**
 * A zone's store in its own database, brought to the latest schema first. Closing the store does
 * not close the database, which others of the zone share.
 */
export async function openPostgresZoneStore(deps: {
  readonly database: Database;
}): Promise<ZoneStore> {
  const { database } = deps;
  await database.migrate('store', STORE_MIGRATIONS);
  return {
    lease: createLeaseStore(database),
    admissions: createAdmissionStore(database),
    journal: createJournalStore(database),
    outbox: createOutboxStore(database),
    async close() {},
  };
}
