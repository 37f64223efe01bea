import { MAIN_BRANCH } from '../core/contracts/git.ts';
import type { ZoneStatus } from '../core/status/zone-status.ts';
import type { Clock } from '../ports/clock.ts';
import type { GitReader } from '../ports/git.ts';
import type { Log } from '../ports/log.ts';
import type { Randomness } from '../ports/randomness.ts';
import type { SourceWatcher } from '../ports/source-watcher.ts';
import { backoffMs, jitter } from './retry.ts';
import type { RevisionReader } from './revision-reader.ts';
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

/** A zone that is declared, and whose store is not open yet. */
function toStarting(zone: string): ZoneStatus {
  return createStatusBoard(zone).read();
}

/**
 * One process may serve several zones, as on a laptop. Each keeps its own store, lease and ledger,
 * so that splitting them over processes changes nothing but this list. A zone that leaves Git keeps
 * its reconciler, which then holds: what it has is taken away by revisions, not by forgetting.
 */
export function createZoneHost(deps: ZoneHostDeps): ZoneHost {
  const open = new Map<string, OpenZone & { readonly done: Promise<void> }>();
  const hint = createWakeup(deps.clock);
  let declared: readonly string[] = [];

  const openDeclared = async (stop: AbortSignal): Promise<void> => {
    const tip = await deps.git.readRef(MAIN_BRANCH);
    if (tip === null) return;
    const judgement = await deps.revisions.read(deps.git, tip);
    declared = judgement.zones.filter((zone) => deps.zones?.includes(zone) ?? true);
    for (const zone of declared) {
      if (open.has(zone)) continue;
      const opened = await deps.openZone(zone);
      const done = opened.reconciler.run(stop);
      open.set(zone, { ...opened, done });
    }
  };

  const run = async (stop: AbortSignal): Promise<void> => {
    await deps.watcher.start(() => {
      hint.notify();
      for (const zone of open.values()) zone.reconciler.hint();
    });
    let failures = 0;
    while (!stop.aborted) {
      failures = await openDeclared(stop).then(
        () => 0,
        (error: unknown) => {
          const message = error instanceof Error ? error.message : 'unknown';
          deps.log.write({ level: 'error', event: 'zones-not-opened', message });
          return failures + 1;
        },
      );
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
    const names = [...new Set([...declared, ...open.keys()])].sort();
    return names.map((name) => open.get(name)?.reconciler.status() ?? toStarting(name));
  };

  return { run, status };
}
