import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createMemoryLog, type MemoryLog } from '../../reconciler/adapters/log/memory/log.ts';
import { NOTHING_RECENT } from '../../reconciler/core/status/recent-story.ts';
import type { ZoneStatus } from '../../reconciler/core/status/zone-status.ts';
import {
  type ApiServer,
  type ApiServerDeps,
  createApiServer,
} from '../../reconciler/servers/api/api-server.ts';

export const REVISION = '0123456789abcdef0123456789abcdef01234567';

export function makeZone(change: Partial<ZoneStatus> = {}): ZoneStatus {
  return {
    zone: 'ae',
    role: 'leader',
    epoch: 3,
    source: { revision: REVISION, judged: REVISION, held: null, diagnostics: [] },
    isConverged: true,
    resources: [
      {
        ref: { kind: 'Target', namespace: 'platform', name: 'laptop' },
        conditions: [
          { type: 'Ready', status: 'True', reason: 'Converged', message: 'live equals desired' },
        ],
      },
    ],
    trouble: null,
    ...change,
  };
}

export type RunningApi = {
  readonly port: number;
  readonly log: MemoryLog;
  readonly server: ApiServer;
};

/** A server on any free port of the loopback. */
export async function startApi(change: Partial<ApiServerDeps> = {}): Promise<RunningApi> {
  const clock = createSystemClock();
  const log = createMemoryLog({ clock });
  const server = createApiServer({
    readStatus: () => [makeZone()],
    readRecent: () => NOTHING_RECENT,
    readLiveness: () => ({ isAlive: true, reasons: [] }),
    log,
    clock,
    port: 0,
    ...change,
  });
  const { port } = await server.start();
  return { port, log, server };
}

/** A value that somebody waits for until the test gives it. */
export type Gate<Value> = {
  /** Resolves when as many as expected have begun to wait. */
  readonly entered: Promise<void>;
  readonly wait: () => Promise<Value>;
  readonly open: (value: Value) => void;
};

export function createGate<Value>(expectedCount = 1): Gate<Value> {
  let count = 0;
  let enter: () => void = () => {};
  let open: (value: Value) => void = () => {};
  const entered = new Promise<void>((resolve) => {
    enter = resolve;
  });
  const opened = new Promise<Value>((resolve) => {
    open = resolve;
  });
  return {
    entered,
    open: (value) => open(value),
    wait() {
      count += 1;
      if (count === expectedCount) enter();
      return opened;
    },
  };
}
