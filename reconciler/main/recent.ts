import { readLedgerEntries, readLiveForms } from '../cli/ledger-reading.ts';
import { listTraffic } from '../core/release/list-traffic.ts';
import type { RecentRecord, RecentStory, TrafficSplit } from '../core/status/recent-story.ts';
import type { ZoneStatus } from '../core/status/zone-status.ts';
import { describeError } from '../engine/describe-error.ts';
import type { ClosableGit, Machine } from './machine.ts';
import { openLocalForge } from './pulls.ts';

const MAX_PULLS = 50;
const MAX_RECORDS = 10;
/** Whoever reloads the page faster sees the same: reading it takes the repository. */
const KEPT_MS = 2_000;

/** What the status page says beside the zones, read from the repository alone. */
export async function openRecent(parts: {
  readonly machine: Machine;
  readonly git: ClosableGit;
  readonly readStatus: () => readonly ZoneStatus[];
}): Promise<() => Promise<RecentStory>> {
  const { machine, git, readStatus } = parts;
  const forge = await openLocalForge(machine, git);
  let kept: { readonly at: number; readonly story: Promise<RecentStory> } | null = null;

  const read = async (): Promise<RecentStory> => {
    const unread: string[] = [];
    const orNote = async <Part>(what: string, none: Part, work: () => Promise<Part>) => {
      try {
        return await work();
      } catch (error) {
        unread.push(`${what} cannot be read at the moment: ${describeError(error)}`);
        return none;
      }
    };
    const list = () => forge.list({ states: ['open'], maxCount: MAX_PULLS });
    const { pulls } = await orNote('Pull requests', { pulls: [], refused: [] }, list);
    const records: Record<string, readonly RecentRecord[]> = {};
    const traffic: Record<string, readonly TrafficSplit[]> = {};
    for (const { zone } of readStatus()) {
      const what = `The ledger of the zone ${zone}`;
      const entries = await orNote(what, [], () => readLedgerEntries(git, zone, MAX_RECORDS));
      records[zone] = entries.map(({ title, record: { seq, at, outcome } }) => {
        return { seq, at, title, outcome };
      });
      const live = await orNote(what, null, () => readLiveForms(git, zone));
      traffic[zone] = listTraffic(live ?? []);
    }
    return { pulls, records, traffic, unread };
  };

  return () => {
    const at = machine.clock.now();
    if (kept === null || at - kept.at >= KEPT_MS) kept = { at, story: read() };
    return kept.story;
  };
}
