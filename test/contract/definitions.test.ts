import { createMemoryDefinitions } from '../../reconciler/adapters/definitions/memory/definitions.ts';
import { createMemoryDefinitionTables } from '../../reconciler/adapters/definitions/memory/tables.ts';
import { describeDefinitions } from './definitions.contract.ts';

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
