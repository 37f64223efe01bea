import { createMemoryCounters } from '../../reconciler/adapters/counters/memory/counters.ts';
import { createMemoryCounterTables } from '../../reconciler/adapters/counters/memory/tables.ts';
import { openPostgresCounters } from '../../reconciler/adapters/counters/postgres/counters.ts';
import { useTestDatabase } from '../support/postgres.ts';
import { describeCounters } from './counters.contract.ts';

const testDatabase = useTestDatabase();

describeCounters({
  name: 'memory',
  histories: 200,
  async create() {
    const tables = createMemoryCounterTables();
    const open = () => createMemoryCounters({ tables });
    return { counters: open(), restart: async () => open() };
  },
});

describeCounters({
  name: 'Postgres',
  histories: 15,
  async create() {
    await testDatabase().reset();
    const open = () => openPostgresCounters({ database: testDatabase().open() });
    return { counters: await open(), restart: open };
  },
});
