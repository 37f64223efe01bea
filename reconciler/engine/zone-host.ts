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
  const zones = createOpenZones(deps);
  const hint = createWakeup(deps.clock);
  /** Null until main was read for the first time. */
  let declared: readonly string[] | null = null;

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
    for (const zone of declared) await zones.open(zone, stop);
    return declared.every(zones.isOpen);
  };

  const run = async (stop: AbortSignal): Promise<void> => {
    await watch(deps, () => {
      hint.notify();
      zones.hint();
    });
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
    await zones.close();
  };

  const status = (): readonly ZoneStatus[] => {
    const wanted = deps.zones ?? [];
    const names = new Set([...(declared ?? []), ...zones.list(), ...wanted]);
    return [...names].sort().map((zone) => {
      const isUnknown = declared !== null && !declared.includes(zone);
      return zones.read(zone, isUnknown ? `P204 main declares no zone ${zone}` : null);
    });
  };

  return { run, status };
}

type OpenZones = {
  /** Opens it unless it is open. One that cannot be opened keeps no other from it. */
  readonly open: (zone: string, stop: AbortSignal) => Promise<void>;
  readonly isOpen: (zone: string) => boolean;
  readonly list: () => readonly string[];
  readonly hint: () => void;
  /** `trouble` is what to say of a zone that nobody tried to open. */
  readonly read: (zone: string, trouble: string | null) => ZoneStatus;
  /** Waits for the reconcilers, which were told to stop. */
  readonly close: () => Promise<void>;
};

function createOpenZones(deps: ZoneHostDeps): OpenZones {
  const zones = new Map<string, OpenZone & { readonly done: Promise<void> }>();
  const troubles = new Map<string, string>();
  return {
    open: async (zone, stop) => {
      if (zones.has(zone)) return;
      try {
        const opened = await deps.openZone(zone);
        zones.set(zone, { ...opened, done: opened.reconciler.run(stop) });
        troubles.delete(zone);
      } catch (error) {
        const message = describeError(error);
        troubles.set(zone, message);
        deps.log.write({ level: 'error', event: 'zone-not-opened', message, fields: { zone } });
      }
    },
    isOpen: (zone) => zones.has(zone),
    list: () => [...zones.keys()],
    hint: () => {
      for (const { reconciler } of zones.values()) reconciler.hint();
    },
    read: (zone, trouble) => {
      const opened = zones.get(zone);
      if (opened !== undefined) return opened.reconciler.status();
      return { ...createStatusBoard(zone).read(), trouble: troubles.get(zone) ?? trouble };
    },
    close: async () => {
      await Promise.all([...zones.values()].map((zone) => zone.done));
      await Promise.all([...zones.values()].map((zone) => zone.close()));
    },
  };
}

/** Hints only make it faster: without a watcher main is still polled. */
async function watch(deps: ZoneHostDeps, onHint: () => void): Promise<void> {
  try {
    await deps.watcher.start(onHint);
  } catch (error) {
    const message = `main is only polled: ${describeError(error)}`;
    deps.log.write({ level: 'warn', event: 'source-not-watched', message });
  }
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
