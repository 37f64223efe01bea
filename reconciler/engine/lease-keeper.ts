import type { Fence } from '../core/contracts/fence.ts';
import { readLedgerEpoch } from './adopt-ledger.ts';
import { jitter } from './retry.ts';
import type { ZoneDeps } from './zone-deps.ts';

/** Waits until this process leads the zone; null when it is told to stop first. */
export async function waitForLease(deps: ZoneDeps, stop: AbortSignal): Promise<Fence | null> {
  const ttlMs = deps.settings.leaseTtlMs;
  const above = await readLedgerEpoch(deps);
  while (!stop.aborted) {
    const fence = await deps.store.lease.acquire(deps.holder, ttlMs, above);
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
 * another may lead, and clocks that run up to half as fast again are still covered. Renews until
 * `over`, which comes after the end of the term: what is in progress is still finished and written.
 */
export async function keepLease(
  deps: ZoneDeps,
  fence: Fence,
  term: AbortController,
  over: AbortSignal,
): Promise<void> {
  const ttlMs = deps.settings.leaseTtlMs;
  let renewedAt = deps.clock.now();
  for (;;) {
    await deps.clock.sleep(ttlMs / 3, over);
    if (over.aborted) return;
    const startedAt = deps.clock.now();
    // A second attempt begins at two thirds already; a sixth more still ends before the lease.
    const patienceMs = Math.max(ttlMs / 6, renewedAt + (ttlMs * 2) / 3 - startedAt);
    const isOurs = await renewWithin(deps, fence, patienceMs, over);
    if (over.aborted) return;
    if (isOurs === true) renewedAt = startedAt;
    const isOverdue = deps.clock.now() - renewedAt >= (ttlMs * 2) / 3;
    if (isOurs === false || isOverdue) break;
  }
  deps.log.write({
    level: 'warn',
    event: 'lease-lost',
    message: 'another process may lead now; this one stops acting',
    fields: { zone: deps.zone, epoch: fence.epoch, code: 'P411' },
  });
  term.abort();
}

/** Null when there was no answer in time: a store that hangs must not keep a leader acting. */
async function renewWithin(
  deps: ZoneDeps,
  fence: Fence,
  patienceMs: number,
  over: AbortSignal,
): Promise<boolean | null> {
  const timer = new AbortController();
  const stop = () => timer.abort();
  over.addEventListener('abort', stop, { once: true });
  const silence = deps.clock.sleep(patienceMs, timer.signal).then(() => null);
  const isOurs = await Promise.race([renewSafely(deps, fence), silence]);
  over.removeEventListener('abort', stop);
  stop();
  return isOurs;
}

/** Null when the store could not be asked: that is no answer, and the deadline decides. */
async function renewSafely(deps: ZoneDeps, fence: Fence): Promise<boolean | null> {
  try {
    return await deps.store.lease.renew(fence, deps.settings.leaseTtlMs);
  } catch {
    return null;
  }
}
