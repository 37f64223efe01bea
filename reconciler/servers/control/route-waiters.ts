import type { RouteTable } from '../../core/contracts/generated/route-table.generated.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Routes } from '../../ports/routes.ts';

/** Nodes that know the last routes of their zone, and wait for the next ones. */
export type RouteWaiters = {
  /** Wakes those who wait for this zone; they read the routes themselves. */
  readonly notify: (zone: string) => void;
  /** Null when there was nothing newer in time, or `signal` was aborted. */
  readonly follow: (
    zone: string,
    routes: Routes,
    after: number,
    signal: AbortSignal,
  ) => Promise<RouteTable | null>;
};

/** So long without a change, and a store that was lost and made again holds what it will hold. */
const SETTLED_MS = 5_000;

/** Nobody counts so far; what a node says beyond is no revision of ours. */
const MAX_SKIP = 1_000_000_000;

/**
 * The routes if they are newer. A node that has seen a later revision than there is, is one of a
 * store that was lost: it goes on with what it knows until the new one has settled, and then the
 * revisions go on above its own. An empty table is no reason to stop serving.
 */
function createAheadReader(clock: Clock) {
  const behind = new Map<string, { readonly revision: number; readonly sinceMs: number }>();
  return async (zone: string, routes: Routes, after: number): Promise<RouteTable | null> => {
    const table = await routes.read();
    const { revision, endpoints } = table;
    if (revision > after) return table;
    if (revision === after || endpoints.length === 0 || after - revision > MAX_SKIP) return null;
    const now = clock.now();
    const known = behind.get(zone);
    if (known?.revision !== revision) behind.set(zone, { revision, sinceMs: now });
    else if (now - known.sinceMs >= SETTLED_MS) {
      await routes.skipBeyond(after);
      return routes.read();
    }
    return null;
  };
}

type Waiter = { readonly zone: string; readonly wake: () => void };

export function createRouteWaiters(deps: {
  readonly clock: Clock;
  readonly followMs: number;
  readonly pollMs: number;
}): RouteWaiters {
  const { clock, followMs, pollMs } = deps;
  const waiters = new Set<Waiter>();
  const readAhead = createAheadReader(clock);

  /** Registered before the routes are read, so that a change after the reading is not missed. */
  const pause = async (
    zone: string,
    limitMs: number,
    signal: AbortSignal,
    read: () => Promise<RouteTable | null>,
  ): Promise<RouteTable | null> => {
    const woken = new AbortController();
    const wake = () => woken.abort();
    const waiter = { zone, wake };
    waiters.add(waiter);
    signal.addEventListener('abort', wake);
    try {
      const table = await read();
      if (table === null && !signal.aborted) await clock.sleep(limitMs, woken.signal);
      return table;
    } finally {
      waiters.delete(waiter);
      signal.removeEventListener('abort', wake);
    }
  };

  return {
    notify(zone) {
      for (const waiter of waiters) if (waiter.zone === zone) waiter.wake();
    },
    async follow(zone, routes, after, signal) {
      const deadline = clock.now() + followMs;
      const read = () => readAhead(zone, routes, after);
      for (;;) {
        const leftMs = deadline - clock.now();
        if (leftMs <= 0 || signal.aborted) return signal.aborted ? null : read();
        const table = await pause(zone, Math.min(pollMs, leftMs), signal, read);
        if (table !== null) return table;
      }
    },
  };
}
