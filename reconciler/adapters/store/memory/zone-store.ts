import type { ZoneStore } from '../../../ports/store.ts';
import { createAdmissionStore } from './admissions.ts';
import type { MemoryDeps } from './fencing.ts';
import { createJournalStore } from './journal.ts';
import { createLeaseStore } from './lease.ts';
import { createOutboxStore } from './outbox.ts';

/** A zone's store for plans on a laptop and for simulations: nothing survives the process. */
export function createMemoryZoneStore(deps: MemoryDeps): ZoneStore {
  return {
    lease: createLeaseStore(deps),
    admissions: createAdmissionStore(deps),
    journal: createJournalStore(deps),
    outbox: createOutboxStore(deps),
    async close() {},
  };
}
