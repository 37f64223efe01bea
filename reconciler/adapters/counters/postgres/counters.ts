import type { CounterEntry } from '../../../core/contracts/generated/counter-delta.generated.ts';
import { compareCounters } from '../../../core/serving/sum-counters.ts';
import type { Counters } from '../../../ports/counters.ts';
import type { Database } from '../../../ports/database.ts';
import { COUNTERS_MIGRATIONS } from './migrations.ts';
import { takeSequence } from './sequences.ts';
import { addToTotals } from './totals.ts';

/** Beside the zone's journal, in the same database. Nodes send counts, so there is no fence. */
export async function openPostgresCounters(deps: {
  readonly database: Database;
}): Promise<Counters> {
  const { database } = deps;
  await database.migrate('counters', COUNTERS_MIGRATIONS);
  return {
    accept: (delta) =>
      database.transaction(async (session) => {
        await session.query('SELECT FROM counter_head FOR UPDATE');
        if (!(await takeSequence(session, delta))) return 'known';
        await addToTotals(session, delta.entries);
        return 'accepted';
      }),

    async readTotals(endpoint) {
      const rows = await database.query<{ entry: CounterEntry }>(
        'SELECT entry FROM counter_total WHERE $1::text IS NULL OR endpoint = $1',
        [endpoint],
      );
      return rows.map(({ entry }) => entry).sort(compareCounters);
    },
  };
}
