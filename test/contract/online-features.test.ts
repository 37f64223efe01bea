import { createMemoryOnlineFeatures } from '../../reconciler/adapters/online-features/memory/online-features.ts';
import { createMemoryOnlineTables } from '../../reconciler/adapters/online-features/memory/tables.ts';
import { digestText } from '../../reconciler/core/contracts/digest.ts';
import type { SourceRow } from '../../reconciler/core/features/evaluate-view.ts';
import { openPostgresOnline, toSampleRecord } from '../support/online-subjects.ts';
import { useTestDatabase } from '../support/postgres.ts';
import { describeOnlineFeatures } from './online-features.contract.ts';

const testDatabase = useTestDatabase();

describeOnlineFeatures({
  name: 'memory online features',
  async create() {
    const stored = new Map<string, readonly SourceRow[]>();
    return {
      onlineFeatures: createMemoryOnlineFeatures({
        tables: createMemoryOnlineTables(),
        readRows: async ({ rowsFile }) => stored.get(rowsFile) ?? [],
      }),
      async store(rows) {
        const rowsFile = `snapshot-${stored.size}`;
        stored.set(rowsFile, rows);
        return { record: toSampleRecord(rows, digestText(rowsFile)), rowsFile };
      },
      async close() {},
    };
  },
});

describeOnlineFeatures({
  name: 'Postgres online features',
  async create() {
    await testDatabase().reset();
    return openPostgresOnline(testDatabase(), 'here');
  },
});
