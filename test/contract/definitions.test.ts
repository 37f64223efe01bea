import { createMemoryDefinitions } from '../../reconciler/adapters/definitions/memory/definitions.ts';
import { createMemoryDefinitionTables } from '../../reconciler/adapters/definitions/memory/tables.ts';
import { openPostgresDefinitions } from '../../reconciler/adapters/definitions/postgres/definitions.ts';
import { useTestDatabase } from '../support/postgres.ts';
import { describeDefinitions } from './definitions.contract.ts';

const testDatabase = useTestDatabase();

describeDefinitions({
  name: 'memory definitions',
  async create() {
    const tables = createMemoryDefinitionTables();
    return {
      receiver: createMemoryDefinitions({ tables }),
      restart: async () => createMemoryDefinitions({ tables }),
      async close() {},
    };
  },
});

describeDefinitions({
  name: 'Postgres definitions',
  async create() {
    await testDatabase().reset();
    const open = () => openPostgresDefinitions({ database: testDatabase().open() });
    return { receiver: await open(), restart: open, async close() {} };
  },
});
