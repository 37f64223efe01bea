import type { Fence } from '../../../reconciler/core/contracts/fence.ts';
import type { Receiver } from '../../../reconciler/ports/receiver.ts';
import type { ZoneStore } from '../../../reconciler/ports/store.ts';
import type { Plant, PlantedStoreDeps } from './plant.ts';

/** An epoch that nobody is above. */
const UNBEATABLE: Fence = { holder: 'whoever', epoch: Number.MAX_SAFE_INTEGER };

function wrapReceiver<T extends Receiver>(receiver: T): T {
  return {
    ...receiver,
    raiseFence: async () => undefined,
    apply: (input: Parameters<Receiver['apply']>[0]) =>
      receiver.apply({ ...input, fence: UNBEATABLE }),
  };
}

/** Whoever writes is taken for the leader, dead leases and old epochs included. */
function wrapStore(store: ZoneStore, { tables }: PlantedStoreDeps): ZoneStore {
  const asLeader = async <T>(fence: Fence, act: (fence: Fence) => Promise<T>): Promise<T> => {
    const { leader } = tables;
    tables.leader = { ...fence, expiresAt: Number.POSITIVE_INFINITY };
    try {
      return await act(fence);
    } finally {
      tables.leader = leader;
    }
  };
  const { admissions, journal, outbox } = store;
  return {
    ...store,
    admissions: {
      ...admissions,
      admit: (fence, admission) => asLeader(fence, (as) => admissions.admit(as, admission)),
    },
    journal: {
      ...journal,
      openIntent: (fence, intent) => asLeader(fence, (as) => journal.openIntent(as, intent)),
      recordOutcome: (fence, end) => asLeader(fence, (as) => journal.recordOutcome(as, end)),
    },
    outbox: {
      ...outbox,
      markLedgered: (fence, seq, oid) => asLeader(fence, (as) => outbox.markLedgered(as, seq, oid)),
    },
  };
}

export const epochUnchecked: Plant = {
  name: 'epoch-unchecked',
  bug: 'there is a lease, but neither the store nor a receiver checks its epoch',
  foundBy: ['I-21'],
  wrapReceiver,
  wrapStore,
};
