import type { PullStory } from '../forge/pull-request.ts';

/** One record of a ledger, as a person reads it. */
export type RecentRecord = {
  readonly seq: number;
  readonly at: string;
  readonly title: string;
  readonly outcome: string;
};

/** How one endpoint's traffic is shared. */
export type TrafficSplit = {
  /** Namespace and name. */
  readonly endpoint: string;
  readonly versions: readonly { readonly version: string; readonly percent: number }[];
};

/** What waits for people, and what was done last. */
export type RecentStory = {
  /** Open ones, the newest first. */
  readonly pulls: readonly PullStory[];
  /** By zone, the newest first. */
  readonly records: Readonly<Record<string, readonly RecentRecord[]>>;
  /** By zone, sorted by endpoint: what the ledger says is live. */
  readonly traffic: Readonly<Record<string, readonly TrafficSplit[]>>;
  /** What could not be read at the moment, in words. */
  readonly unread: readonly string[];
};

export const NOTHING_RECENT: RecentStory = { pulls: [], records: {}, traffic: {}, unread: [] };
