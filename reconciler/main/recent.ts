import type { ZoneStatus } from '../core/status/zone-status.ts';
import type { ClosableGit, Machine } from './machine.ts';
import { openLocalForge } from './pulls.ts';
import { createRecentReader, type RecentReader } from './recent-reader.ts';

/** What the status page says beside the zones, read from the repository alone. */
export async function openRecent(parts: {
  readonly machine: Machine;
  readonly git: ClosableGit;
  readonly readStatus: () => readonly ZoneStatus[];
}): Promise<RecentReader> {
  const { machine, git, readStatus } = parts;
  return createRecentReader({
    ...{ git, clock: machine.clock, forge: await openLocalForge(machine, git) },
    listZones: () => readStatus().map(({ zone }) => zone),
  });
}
