import { useTestDatabase } from '../support/postgres.ts';
import { createMemoryHarness, createPostgresHarness } from '../support/zone-stores.ts';
import { describeZoneStore } from './store.contract.ts';

const testDatabase = useTestDatabase();

describeZoneStore({ name: 'memory', create: createMemoryHarness });

describeZoneStore({
  name: 'Postgres',
  create: () => createPostgresHarness(testDatabase()),
});
