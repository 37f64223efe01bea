import { createSystemRandomness } from '../../reconciler/adapters/randomness/system/randomness.ts';
import { createMemoryRoutes } from '../../reconciler/adapters/routes/memory/routes.ts';
import { createMemoryRouteTables } from '../../reconciler/adapters/routes/memory/tables.ts';
import { openPostgresRoutes } from '../../reconciler/adapters/routes/postgres/routes.ts';
import { useTestDatabase } from '../support/postgres.ts';
import { describeRoutes } from './routes.contract.ts';

const testDatabase = useTestDatabase();
const randomness = createSystemRandomness();

describeRoutes({
  name: 'memory',
  async create() {
    const tables = createMemoryRouteTables();
    const open = () => createMemoryRoutes({ zone: 'ae', tables, randomness });
    return { routes: open(), restart: async () => open() };
  },
});

describeRoutes({
  name: 'Postgres',
  async create() {
    await testDatabase().reset();
    const open = () =>
      openPostgresRoutes({ zone: 'ae', database: testDatabase().open(), randomness });
    return { routes: await open(), restart: open };
  },
});
