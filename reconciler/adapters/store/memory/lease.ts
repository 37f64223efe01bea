import type { LeaseStore } from '../../../ports/store.ts';
import { isLeader, type MemoryDeps } from './fencing.ts';

export function createLeaseStore(deps: MemoryDeps): LeaseStore {
  const { tables, clock } = deps;
  return {
    async acquire(holder, ttlMs, above = 0) {
      const now = clock.now();
      if (tables.leader.expiresAt > now) return null;
      const epoch = Math.max(tables.leader.epoch, above) + 1;
      tables.leader = { holder, epoch, expiresAt: now + ttlMs };
      return { holder, epoch };
    },

    async renew(fence, ttlMs) {
      if (!isLeader(deps, fence)) return false;
      tables.leader = { ...tables.leader, expiresAt: clock.now() + ttlMs };
      return true;
    },

    async read() {
      const { holder, epoch, expiresAt } = tables.leader;
      return expiresAt > clock.now() ? { holder, epoch } : null;
    },

    async release(fence) {
      if (!isLeader(deps, fence)) return;
      tables.leader = { ...tables.leader, expiresAt: Number.NEGATIVE_INFINITY };
    },
  };
}
