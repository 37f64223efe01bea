import { assertLeader } from '../../../reconciler/adapters/store/memory/fencing.ts';
import { sealRecord } from '../../../reconciler/core/audit/record.ts';
import type { ZoneStore } from '../../../reconciler/ports/store.ts';
import type { Plant, PlantedStoreDeps } from './plant.ts';

/**
 * Two transactions where there must be one: the outcome is durable, then the process may die, and
 * only then the row on its way to the ledger is written.
 */
function wrapStore(store: ZoneStore, deps: PlantedStoreDeps): ZoneStore {
  const { tables, crashPoint } = deps;
  const { journal } = store;
  return {
    ...store,
    journal: {
      ...journal,
      recordOutcome: async (fence, outcome) => {
        const known = tables.outcomes.get(outcome.draft.effectId);
        if (known !== undefined) return known;
        await journal.recordOutcome(fence, outcome);
        tables.outbox.pop();
        await crashPoint('outboxRow');
        // The second transaction checks the fence as the first one did: that is not the mistake.
        assertLeader(deps, fence);
        const prev = tables.outbox.at(-1)?.sealed.digest ?? null;
        const sealed = sealRecord(outcome.draft, { seq: tables.outbox.length + 1, prev });
        tables.outcomes.set(outcome.draft.effectId, sealed);
        tables.outbox.push({ sealed, live: outcome.live, summary: outcome.summary });
        return sealed;
      },
    },
  };
}

export const ledgerRowApart: Plant = {
  name: 'ledger-row-apart',
  bug: 'the ledger row is written outside the transaction of the outcome',
  foundBy: ['I-26'],
  wrapStore,
};
