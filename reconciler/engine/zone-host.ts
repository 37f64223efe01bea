import { MAIN_BRANCH, type Oid } from '../core/contracts/git.ts';
import type { ZoneStatus } from '../core/status/zone-status.ts';
import type { Clock } from '../ports/clock.ts';
import type { GitReader } from '../ports/git.ts';
import type { Log } from '../ports/log.ts';
import type { Randomness } from '../ports/randomness.ts';
import type { SourceWatcher } from '../ports/source-watcher.ts';
import { describeError } from './describe-error.ts';
import { backoffMs, jitter } from './retry.ts';
import type { RevisionReader } from './revision-reader.ts';
import { isFault, readJudgement } from './source-fault.ts';
import { createStatusBoard } from './status-board.ts';
import { createWakeup } from './wakeup.ts';
import type { ZoneReconciler } from './zone-reconciler.ts';

export type OpenZone = { readonly reconciler: ZoneReconciler; readonly close: () => Promise<void> };

export type ZoneHostDeps = {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Log;
  readonly git: GitReader;
  readonly revisions: RevisionReader;
  readonly watcher: SourceWatcher;
  readonly pollMs: number;
  /** Zones that this process may act for; null for all that the repo declares. */
  readonly zones: readonly string[] | null;
  readonly openZone: (zone: string) => Promise<OpenZone>;
};

export type ZoneHost = {
  /** Runs a reconciler for each declared zone until stopped. */
  readonly run: (stop: AbortSignal) => Promise<void>;
  readonly status: () => readonly ZoneStatus[];
};

/** A mistake in main is mended by one of the next commits; further back nothing is looked for. */
const LOOK_BACK_COMMITS = 16;

/**
 * One process may serve several zones, as on a laptop. Each keeps its own store, lease and ledger,
 * so that splitting them over processes changes nothing but this list. A zone that leaves Git keeps
 * its reconciler, which then holds: what it has is taken away by revisions, not by forgetting.
 */
export function createZoneHost(deps: ZoneHostDeps): ZoneHost {
  const open = new Map<string, OpenZone & { readonly done: Promise<void> }>();
  const hint = createWakeup(deps.clock);
  const troubles = new Map<string, string>();
  /** Null until main was read for the first time. */
  let declared: readonly string[] | null = null;

  /** One zone that cannot be opened keeps none of the others from it. */
  const openOne = async (zone: string, stop: AbortSignal): Promise<void> => {
    try {
      const opened = await deps.openZone(zone);
      open.set(zone, { ...opened, done: opened.reconciler.run(stop) });
      troubles.delete(zone);
    } catch (error) {
      const message = describeError(error);
      troubles.set(zone, message);
      deps.log.write({ level: 'error', event: 'zone-not-opened', message, fields: { zone } });
    }
  };

  /** False when something is left to be opened. */
  const openDeclared = async (stop: AbortSignal): Promise<boolean> => {
    try {
      const found = await listDeclaredZones(deps);
      declared = found.filter((zone) => deps.zones?.includes(zone) ?? true);
    } catch (error) {
      const message = describeError(error);
      deps.log.write({ level: 'error', event: 'zones-not-read', message });
      return false;
    }
    const missing = declared.filter((zone) => !open.has(zone));
    for (const zone of missing) await openOne(zone, stop);
    return missing.every((zone) => open.has(zone));
  };

  /** Hints only make it faster: without a watcher main is still polled. */
  const watch = async (): Promise<void> => {
    try {
      await deps.watcher.start(() => {
        hint.notify();
        for (const zone of open.values()) zone.reconciler.hint();
      });
    } catch (error) {
      const message = `main is only polled: ${describeError(error)}`;
      deps.log.write({ level: 'warn', event: 'source-not-watched', message });
    }
  };

  const run = async (stop: AbortSignal): Promise<void> => {
    await watch();
    let failures = 0;
    while (!stop.aborted) {
      failures = (await openDeclared(stop)) ? 0 : failures + 1;
      const delayMs =
        failures === 0
          ? jitter(deps.pollMs, deps.randomness)
          : backoffMs(failures, deps.randomness);
      await hint.wait(delayMs, stop);
    }
    await deps.watcher.stop();
    await Promise.all([...open.values()].map((zone) => zone.done));
    await Promise.all([...open.values()].map((zone) => zone.close()));
  };

  const status = (): readonly ZoneStatus[] => {
    const names = new Set([...(declared ?? []), ...open.keys(), ...(deps.zones ?? [])]);
    return [...names].sort().map((name) => open.get(name)?.reconciler.status() ?? toUnopened(name));
  };

  const toUnopened = (zone: string): ZoneStatus => {
    const isUnknown = declared !== null && !declared.includes(zone);
    const why = isUnknown ? `P204 main declares no zone ${zone}` : null;
    return { ...createStatusBoard(zone).read(), trouble: troubles.get(zone) ?? why };
  };

  return { run, status };
}

/**
 * The zones of the newest commit that can be followed: a mistake in main must not keep a process
 * that starts from looking after what is in force.
 */
async function listDeclaredZones({ git, revisions }: ZoneHostDeps): Promise<readonly string[]> {
  const tip = await git.readRef(MAIN_BRANCH);
  const zones = tip === null ? [] : await readZones({ git, revisions }, tip);
  if (tip === null || zones !== null) return zones ?? [];
  const commits = await git.listFirstParents(tip, LOOK_BACK_COMMITS);
  for (const { oid } of commits.slice(1)) {
    const earlier = await readZones({ git, revisions }, oid);
    if (earlier !== null) return earlier;
  }
  return [];
}

async function readZones(
  deps: Pick<ZoneHostDeps, 'git' | 'revisions'>,
  commit: Oid,
): Promise<readonly string[] | null> {
  const judgement = await readJudgement(deps, commit);
  return isFault(judgement) || judgement.frozen ? null : judgement.zones;
}
