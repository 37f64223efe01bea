import type { Oid } from '../contracts/git.ts';
import type { CheckState, PullEventOf, ReviewVerdict } from './pull-event.ts';

export type PullCheck = {
  readonly name: string;
  readonly head: Oid;
  readonly state: CheckState;
  readonly summary: string;
  readonly by: string;
  readonly at: string;
};

export type PullComment = {
  readonly key: string | null;
  readonly body: string;
  readonly by: string;
  readonly at: string;
  readonly editedAt: string | null;
};

/** The last word of one person. */
export type PullReview = {
  readonly by: string;
  readonly verdict: ReviewVerdict;
  readonly head: Oid;
  readonly body: string;
  readonly at: string;
  readonly isSelf: boolean;
  /** The head moved since: what was judged is not what would be merged. */
  readonly isStale: boolean;
  readonly signature: string | null;
};

export type PullState = 'open' | 'merged' | 'closed';

/** What the log alone says. */
export type PullStory = {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly branch: string;
  readonly head: Oid;
  readonly state: PullState;
  readonly openedAt: string;
  readonly updatedAt: string;
  /** Who signed that the head moved. */
  readonly pushers: readonly string[];
  readonly checks: readonly PullCheck[];
  readonly comments: readonly PullComment[];
  readonly reviews: readonly PullReview[];
  readonly merged: Pick<PullEventOf<'merge'>, 'commit' | 'method' | 'by' | 'at'> | null;
  readonly closed: Pick<PullEventOf<'close'>, 'reason' | 'by' | 'at'> | null;
  /** Its number of events. */
  readonly seq: number;
};

/** Together with how it stands to main. */
export type PullRequest = PullStory & {
  /** The commit of main that its changes are counted from. */
  readonly base: Oid;
  /** Main has commits that the head does not have. False once it is merged. */
  readonly isBehind: boolean;
  /** Files that main changed too, in another way: it cannot be merged. */
  readonly conflicts: readonly string[];
  /** Everybody with a part in the head: who opened, who pushed, who wrote or signed a commit. */
  readonly authors: readonly string[];
};
