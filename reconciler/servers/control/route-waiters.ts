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

type Waiter = { readonly zone: string; readonly wake: () => void };

export function createRouteWaiters(deps: {
  readonly clock: Clock;
  readonly followMs: number;
  readonly pollMs: number;
}): RouteWaiters {
  const { clock, followMs, pollMs } = deps;
  const waiters = new Set<Waiter>();

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
      const read = async () => {
        const table = await routes.read();
        return table.revision > after ? table : null;
      };
      for (;;) {
        const leftMs = deadline - clock.now();
        if (leftMs <= 0 || signal.aborted) return signal.aborted ? null : read();
        const table = await pause(zone, Math.min(pollMs, leftMs), signal, read);
        if (table !== null) return table;
      }
    },
  };
}
