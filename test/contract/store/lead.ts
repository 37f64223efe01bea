import type { Fence } from '../../../reconciler/core/contracts/fence.ts';
import type { ZoneStore } from '../../../reconciler/ports/store.ts';

export const LEASE_MS = 600_000;

/** Takes the lease, which must be free. */
export async function lead(store: ZoneStore, holder = 'first'): Promise<Fence> {
  const fence = await store.lease.acquire(holder, LEASE_MS);
  if (fence === null) throw new Error('the lease is taken');
  return fence;
}
