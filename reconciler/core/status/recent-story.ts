/** What is said of a pull request on one line of a page. */
export type RecentPull = {
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly branch: string;
  readonly openedAt: string;
  readonly updatedAt: string;
  /** The last word of each check on the head that is there, in the order of their first words. */
  readonly checks: readonly { readonly name: string; readonly state: string }[];
  /** Of the head that is there; `isSelf` when the one who judged had a part in it. */
  readonly reviews: readonly {
    readonly by: string;
    readonly verdict: string;
    readonly isSelf: boolean;
  }[];
};

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
  readonly pulls: readonly RecentPull[];
  /** By zone, the newest first. */
  readonly records: Readonly<Record<string, readonly RecentRecord[]>>;
  /** By zone, sorted by endpoint: what the ledger says is live. */
  readonly traffic: Readonly<Record<string, readonly TrafficSplit[]>>;
  /** What could not be read at the moment, in words. */
  readonly unread: readonly string[];
};

export const NOTHING_RECENT: RecentStory = { pulls: [], records: {}, traffic: {}, unread: [] };
