import { isCodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { RouteAcknowledgement } from '../../../reconciler/core/contracts/generated/route-acknowledgement.generated.ts';
import type { RouteTable } from '../../../reconciler/core/contracts/generated/route-table.generated.ts';
import type { Clock } from '../../../reconciler/ports/clock.ts';
import type { ControlChannel } from '../../../reconciler/ports/control-channel.ts';
import type { Log, LogLevel } from '../../../reconciler/ports/log.ts';
import { toRetryDelayMs } from './retry-delay.ts';
import { readRouteFile, writeRouteFile } from './route-file.ts';

export type AppliedRoutes = Pick<RouteAcknowledgement, 'loaded' | 'failed'>;

export type RouteFollowerDeps = {
  readonly channel: ControlChannel;
  /** Where the last table is kept for the next start. */
  readonly file: string;
  /** Makes a table be served; resolves when its versions are ready or have failed. */
  readonly apply: (table: RouteTable) => Promise<AppliedRoutes>;
  readonly zone: string;
  readonly node: string;
  readonly boot: string;
  readonly clock: Clock;
  readonly log: Log;
};

export type RouteFollower = {
  /** Until `signal` is aborted, whatever happens: it never rejects. Once. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Of the table that is served; null before the first. */
  readonly revision: () => number | null;
};

/** What is served, and whether the control plane knows that it is. Mutable on purpose. */
type Followed = {
  table: RouteTable | null;
  hasFailures: boolean;
  unsaid: RouteAcknowledgement | null;
};

/** Keeps the node at the newest routes; while nobody tells new ones, at the last it knew. */
export function createRouteFollower(deps: RouteFollowerDeps): RouteFollower {
  const followed: Followed = { table: null, hasFailures: false, unsaid: null };
  return {
    revision: () => followed.table?.revision ?? null,
    async run(signal) {
      await attempt(deps, () => applyKept(deps, followed));
      let failures = 0;
      while (!signal.aborted) {
        const isDone = await attempt(deps, () => step(deps, followed, signal), failures === 0);
        failures = isDone ? 0 : failures + 1;
        if (!isDone) await deps.clock.sleep(toRetryDelayMs(deps.boot, failures - 1), signal);
      }
    },
  };
}

async function applyKept(deps: RouteFollowerDeps, followed: Followed): Promise<void> {
  const kept = await readRouteFile(deps.file, deps.zone);
  if (kept.state === 'broken') {
    const message = `the kept routes are unusable (${kept.why}) and were moved to ${kept.movedTo}`;
    say(deps, 'error', 'routes-broken', message);
  }
  if (kept.state === 'kept') await serve(deps, followed, kept.table);
}

async function step(
  deps: RouteFollowerDeps,
  followed: Followed,
  signal: AbortSignal,
): Promise<void> {
  await acknowledge(deps, followed);
  const table = await deps.channel.followRoutes(followed.table?.revision ?? 0, signal);
  if (signal.aborted) return;
  if (table !== null) {
    await keep(deps, table);
    await serve(deps, followed, table);
    await acknowledge(deps, followed);
  } else if (followed.table !== null && followed.hasFailures) {
    // What could not be loaded may load now: its file may have come meanwhile.
    await serve(deps, followed, followed.table);
  }
}

/**
 * Before it is served, so that a start after a crash goes on with it. A full disk must not keep a
 * rollback from taking effect: then it is served without being kept, and said.
 */
async function keep(deps: RouteFollowerDeps, table: RouteTable): Promise<void> {
  try {
    await writeRouteFile(deps.file, table);
  } catch (error) {
    const message = `the routes of revision ${table.revision} cannot be kept: ${describe(error)}`;
    say(deps, 'error', 'routes-not-kept', message);
  }
}

async function serve(
  deps: RouteFollowerDeps,
  followed: Followed,
  table: RouteTable,
): Promise<void> {
  const { loaded, failed } = await deps.apply(table);
  const { zone, node, boot } = deps;
  followed.table = table;
  followed.hasFailures = failed.length > 0;
  followed.unsaid = { v: 1, zone, node, boot, revision: table.revision, loaded, failed };
}

async function acknowledge(deps: RouteFollowerDeps, followed: Followed): Promise<void> {
  const { unsaid } = followed;
  if (unsaid === null) return;
  await deps.channel.acknowledge(unsaid);
  if (followed.unsaid === unsaid) followed.unsaid = null;
}

/** False when it failed; that the control plane is away is no trouble of the node's own. */
async function attempt(
  deps: RouteFollowerDeps,
  act: () => Promise<void>,
  isNews = true,
): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    const isAway = isCodedError(error, 'P811') && error.remedy === 'retry';
    // It may be away for days: that is said once.
    if (isNews || !isAway) {
      say(deps, isAway ? 'warn' : 'error', 'routes-not-followed', describe(error));
    }
    return false;
  }
}

function say({ log }: RouteFollowerDeps, level: LogLevel, event: string, message: string): void {
  log.write({ level, event, message });
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
