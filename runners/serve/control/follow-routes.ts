import { isCodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { RouteAcknowledgement } from '../../../reconciler/core/contracts/generated/route-acknowledgement.generated.ts';
import type { RouteTable } from '../../../reconciler/core/contracts/generated/route-table.generated.ts';
import type { Clock } from '../../../reconciler/ports/clock.ts';
import type { ControlChannel } from '../../../reconciler/ports/control-channel.ts';
import type { Log, LogLevel } from '../../../reconciler/ports/log.ts';
import { describeError } from '../describe-error.ts';
import type { AppliedRoutes } from '../routes/route-state.ts';
import { toRetryDelayMs } from './retry-delay.ts';
import { readRouteFile, writeRouteFile } from './route-file.ts';

/** As long as an acknowledgement may say. */
const MAX_WHY_LENGTH = 1_024;

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

/** What could not be loaded is tried again after this long: its file may have come meanwhile. */
const LOAD_AGAIN_MS = 3_000;

/** What is served, and whether the control plane knows that it is. Mutable on purpose. */
type Followed = {
  table: RouteTable | null;
  /** Of the last start, while it could not be served yet. */
  kept: RouteTable | null;
  hasFailures: boolean;
  unsaid: RouteAcknowledgement | null;
};

/** Keeps the node at the newest routes; while nobody tells new ones, at the last it knew. */
export function createRouteFollower(deps: RouteFollowerDeps): RouteFollower {
  const followed: Followed = { table: null, kept: null, hasFailures: false, unsaid: null };
  return {
    revision: () => followed.table?.revision ?? null,
    async run(signal) {
      await attempt(deps, () => readKept(deps, followed));
      await attempt(deps, () => serveKept(deps, followed));
      let failures = 0;
      while (!signal.aborted) {
        const isDone = await attempt(deps, () => step(deps, followed, signal), failures === 0);
        failures = isDone ? 0 : failures + 1;
        if (isDone) continue;
        await deps.clock.sleep(toRetryDelayMs(deps.boot, failures - 1), signal);
        if (!signal.aborted) await attempt(deps, () => serveKept(deps, followed));
      }
    },
  };
}

async function readKept(deps: RouteFollowerDeps, followed: Followed): Promise<void> {
  const kept = await readRouteFile(deps.file, deps.zone);
  if (kept.state === 'broken') {
    const message = `the kept routes are unusable (${kept.why}) and were moved to ${kept.movedTo}`;
    say(deps, 'error', 'routes-broken', message);
  }
  if (kept.state === 'kept') followed.kept = kept.table;
}

/** Again and again while it fails: nobody may be there to tell a newer one. */
async function serveKept(deps: RouteFollowerDeps, followed: Followed): Promise<void> {
  if (followed.kept !== null) await serve(deps, followed, followed.kept);
}

async function step(
  deps: RouteFollowerDeps,
  followed: Followed,
  signal: AbortSignal,
): Promise<void> {
  await acknowledge(deps, followed);
  const table = await followAwhile(deps, followed, signal);
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

/** Waits less long for news while something of what is known could not be loaded. */
async function followAwhile(
  { channel, clock }: RouteFollowerDeps,
  { table, hasFailures }: Followed,
  signal: AbortSignal,
): Promise<RouteTable | null> {
  const after = table?.revision ?? 0;
  if (!hasFailures) return channel.followRoutes(after, signal);
  const over = new AbortController();
  const waited = new AbortController();
  void clock.sleep(LOAD_AGAIN_MS, over.signal).then(() => waited.abort());
  try {
    return await channel.followRoutes(after, AbortSignal.any([signal, waited.signal]));
  } finally {
    over.abort();
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
    const message = `the routes of revision ${table.revision} cannot be kept: ${describeError(error)}`;
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
  followed.kept = null;
  followed.hasFailures = failed.length > 0;
  const reasons = failed.map(({ version, why }) => ({
    version,
    why: why.slice(0, MAX_WHY_LENGTH),
  }));
  const { revision } = table;
  followed.unsaid = { v: 1, zone, node, boot, revision, loaded, failed: reasons };
}

async function acknowledge(deps: RouteFollowerDeps, followed: Followed): Promise<void> {
  const { unsaid } = followed;
  if (unsaid === null) return;
  try {
    await deps.channel.acknowledge(unsaid);
  } catch (error) {
    // It will never be taken, and must not keep the node from newer routes.
    if (!isCodedError(error, 'P703')) throw error;
    say(deps, 'error', 'acknowledgement-refused', error.message);
  }
  followed.unsaid = null;
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
      say(deps, isAway ? 'warn' : 'error', 'routes-not-followed', describeError(error));
    }
    return false;
  }
}

function say({ log }: RouteFollowerDeps, level: LogLevel, event: string, message: string): void {
  log.write({ level, event, message });
}
