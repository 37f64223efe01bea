import type { Fence } from '../core/contracts/fence.ts';
import { jitter } from './retry.ts';
import type { ZoneDeps } from './zone-deps.ts';

/** Waits until this process leads the zone; null when it is told to stop first. */
export async function waitForLease(deps: ZoneDeps, stop: AbortSignal): Promise<Fence | null> {
  const ttlMs = deps.settings.leaseTtlMs;
  while (!stop.aborted) {
    const fence = await deps.store.lease.acquire(deps.holder, ttlMs);
    if (fence !== null) return fence;
    if (await freeFromDeadHolder(deps)) continue;
    await deps.clock.sleep(jitter(ttlMs / 3, deps.randomness), stop);
  }
  return null;
}

/**
 * After a crash on this machine the lease would lie idle until it runs out; when its holder is a
 * process that is known to be gone, nothing is gained by waiting. The epoch still goes up, so even
 * a wrong answer could only cost a change of leaders.
 */
async function freeFromDeadHolder(deps: ZoneDeps): Promise<boolean> {
  const held = await deps.store.lease.read();
  if (held === null || !(await deps.isHolderDead(held.holder))) return false;
  await deps.store.lease.release(held);
  return true;
}

/**
 * Renews at a third of the lease's life and gives up at two thirds without success: from then on
 * another may lead, and clocks that run up to half as fast again are still covered.
 */
export async function keepLease(
  deps: ZoneDeps,
  fence: Fence,
  term: AbortController,
): Promise<void> {
  const ttlMs = deps.settings.leaseTtlMs;
  let renewedAt = deps.clock.now();
  while (!term.signal.aborted) {
    await deps.clock.sleep(ttlMs / 3, term.signal);
    if (term.signal.aborted) return;
    const startedAt = deps.clock.now();
    const isOurs = await renewSafely(deps, fence);
    if (isOurs === true) renewedAt = startedAt;
    const isOverdue = deps.clock.now() - renewedAt > (ttlMs * 2) / 3;
    if (isOurs === false || isOverdue) {
      deps.log.write({
        level: 'warn',
        event: 'lease-lost',
        message: 'another process may lead now; this one stops acting',
        fields: { zone: deps.zone, epoch: fence.epoch, code: 'P411' },
      });
      term.abort();
    }
  }
}

/** Null when the store could not be asked: that is no answer, and the deadline decides. */
async function renewSafely(deps: ZoneDeps, fence: Fence): Promise<boolean | null> {
  try {
    return await deps.store.lease.renew(fence, deps.settings.leaseTtlMs);
  } catch {
    return null;
  }
}
