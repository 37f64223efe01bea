import { readLedgerEntries, readLiveForms } from '../cli/ledger-reading.ts';
import { toAuditBranch } from '../core/contracts/git.ts';
import { summarisePull } from '../core/forge/summarise-pull.ts';
import { listTraffic } from '../core/release/list-traffic.ts';
import type { RecentRecord, RecentStory, TrafficSplit } from '../core/status/recent-story.ts';
import { describeError } from '../engine/describe-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Forge } from '../ports/forge.ts';
import type { GitReader } from '../ports/git.ts';

const MAX_PULLS = 50;
const MAX_RECORDS = 10;
/** Whoever reloads the page faster sees the same: reading it takes the repository. */
const KEPT_MS = 2_000;
/** Below what a request may take, so that the rest of the page is there without this. */
const READ_LIMIT_MS = 5_000;

export type RecentReader = () => Promise<RecentStory>;

export type RecentParts = {
  readonly git: GitReader;
  readonly forge: Pick<Forge, 'list'>;
  readonly clock: Clock;
  readonly listZones: () => readonly string[];
};

type ZoneStory = {
  readonly records: readonly RecentRecord[];
  readonly traffic: readonly TrafficSplit[];
};

/** Never fails: what cannot be read, or not in time, is said in its place. */
export function createRecentReader(parts: RecentParts): RecentReader {
  const { clock } = parts;
  const read = createReading(parts);
  let inFlight: Promise<RecentStory> | null = null;
  let kept: { readonly at: number; readonly story: RecentStory } | null = null;

  const begin = (): Promise<RecentStory> => {
    const reading = read().then((story) => {
      kept = { at: clock.now(), story };
      return story;
    });
    inFlight = reading;
    const end = () => {
      inFlight = null;
    };
    reading.then(end, end);
    return reading;
  };

  return async () => {
    if (kept !== null && clock.now() - kept.at < KEPT_MS) return kept.story;
    const timer = new AbortController();
    const late = clock.sleep(READ_LIMIT_MS, timer.signal).then(() => toLate(kept?.story));
    try {
      return await Promise.race([inFlight ?? begin(), late]);
    } finally {
      timer.abort();
    }
  };
}

/** What was seen last is better than nothing, as long as it says that it is old. */
function toLate(last: RecentStory | undefined): RecentStory {
  const { pulls = [], records = {}, traffic = {} } = last ?? {};
  const what = 'The repository did not answer in time';
  const unread = last === undefined ? what : `${what}: what is shown of it is older`;
  return { pulls, records, traffic, unread: [unread] };
}

function createReading({ git, forge, listZones }: RecentParts): () => Promise<RecentStory> {
  /** A ledger whose tip is the same says the same. */
  const ledgers = new Map<string, { readonly tip: string; readonly story: ZoneStory }>();

  const readZone = async (zone: string): Promise<ZoneStory> => {
    const tip = await git.readRef(toAuditBranch(zone));
    if (tip === null) return { records: [], traffic: [] };
    const known = ledgers.get(zone);
    if (known?.tip === tip) return known.story;
    const entries = await readLedgerEntries(git, zone, MAX_RECORDS);
    const traffic = listTraffic((await readLiveForms(git, zone)) ?? []);
    const records = entries.map(({ title, record: { seq, at, outcome } }) => {
      return { seq, at, title, outcome };
    });
    const story = { records, traffic };
    ledgers.set(zone, { tip, story });
    return story;
  };

  return async () => {
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
    const none = { pulls: [], refused: [] };
    const { pulls, refused } = await orNote('The pull requests', none, list);
    const cannotBelieve = refused.map(
      ({ number, why }) => `Pull request ${number} cannot be believed: ${why}`,
    );
    unread.push(...cannotBelieve);
    const records: Record<string, readonly RecentRecord[]> = {};
    const traffic: Record<string, readonly TrafficSplit[]> = {};
    for (const zone of listZones()) {
      const nothing: ZoneStory = { records: [], traffic: [] };
      const work = () => readZone(zone);
      const story = await orNote(`The ledger of the zone ${zone}`, nothing, work);
      records[zone] = story.records;
      traffic[zone] = story.traffic;
    }
    return { pulls: pulls.map(summarisePull), records, traffic, unread };
  };
}
