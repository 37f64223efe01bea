import type { MemoryTables } from '../../../reconciler/adapters/store/memory/tables.ts';
import type { Fence } from '../../../reconciler/core/contracts/fence.ts';
import type { JournalStore, ZoneStore } from '../../../reconciler/ports/store.ts';
import { type ProbeDeps, refusalsTold } from './receiver-probe.ts';

/** Tells every write that the zone's store accepted, and every epoch that it refused. */
export function probeStore(store: ZoneStore, tables: MemoryTables, deps: ProbeDeps): ZoneStore {
  const write = createFencedWrite(deps);
  const { zone, actor, tell } = deps;
  return {
    ...store,
    admissions: {
      ...store.admissions,
      async admit(fence, admission) {
        const previous = tables.admission;
        await write(fence, 'admission', () => store.admissions.admit(fence, admission));
        await tell({ kind: 'admitted', zone, actor, admission, previous });
      },
    },
    journal: probeJournal(store.journal, tables, deps, write),
    outbox: {
      ...store.outbox,
      async markLedgered(fence, seq, commit) {
        const act = () => store.outbox.markLedgered(fence, seq, commit);
        await write(fence, 'ledger mark', act);
        await tell({ kind: 'ledgered', zone, seq, commit });
      },
    },
  };
}

type FencedWrite = <T>(fence: Fence, what: string, act: () => Promise<T>) => Promise<T>;

function createFencedWrite({ zone, actor, tell }: ProbeDeps): FencedWrite {
  return async (fence, what, act) => {
    const place = { zone, actor, by: 'store', epoch: fence.epoch } as const;
    const result = await refusalsTold(act, place, tell);
    await tell({ kind: 'epoch-accepted', ...place, what });
    return result;
  };
}

function probeJournal(
  journal: JournalStore,
  tables: MemoryTables,
  { zone, actor, tell }: ProbeDeps,
  write: FencedWrite,
): JournalStore {
  return {
    ...journal,
    async openIntent(fence, intent) {
      const isNew = !tables.intents.has(intent.effect.id);
      const state = await write(fence, 'intent', () => journal.openIntent(fence, intent));
      if (state === 'open')
        await tell({ kind: 'intent-opened', zone, actor, fence, intent, isNew });
      return state;
    },
    async recordOutcome(fence, outcome) {
      const isNew = !tables.outcomes.has(outcome.draft.effectId);
      const act = () => journal.recordOutcome(fence, outcome);
      const sealed = await write(fence, 'outcome', act);
      await tell({ kind: 'outcome-recorded', zone, actor, outcome, sealed, isNew });
      return sealed;
    },
  };
}
