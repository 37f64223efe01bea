import { ensureTestServer } from '../support/postgres.ts';
import { createMemoryHarness, createPostgresHarness } from '../support/zone-stores.ts';
import { describeZoneStore } from './store.contract.ts';

describeZoneStore({ name: 'memory', create: createMemoryHarness });

describeZoneStore({
  name: 'Postgres',
  create: async () => createPostgresHarness(await ensureTestServer()),
});
