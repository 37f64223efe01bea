import type { PullStory } from '../forge/pull-request.ts';

/** One record of a ledger, as a person reads it. */
export type RecentRecord = {
  readonly seq: number;
  readonly at: string;
  readonly title: string;
  readonly outcome: string;
};

/** What waits for people, and what was done last. */
export type RecentStory = {
  /** Open ones, the newest first. */
  readonly pulls: readonly PullStory[];
  /** By zone, the newest first. */
  readonly records: Readonly<Record<string, readonly RecentRecord[]>>;
  /** What could not be read at the moment, in words. */
  readonly unread: readonly string[];
};

export const NOTHING_RECENT: RecentStory = { pulls: [], records: {}, unread: [] };
