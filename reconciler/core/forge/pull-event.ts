import { toCanonicalJson } from '../contracts/canonical-json.ts';
import type { Oid } from '../contracts/git.ts';

/** The file in an event commit's tree, and all of it. */
export const EVENT_PATH = 'event.json';

/** The largest of each part; a plan of a thousand effects, told in short, is 16,000 characters. */
export const PULL_LIMITS = {
  maxEvents: 1_000,
  /** A body of nothing but control characters is six times as long in JSON. */
  maxEventBytes: 128 * 1024,
  maxPulls: 100_000,
  maxTitleCharacters: 200,
  maxBodyCharacters: 16_384,
  maxNameCharacters: 200,
} as const;

export const CHECK_STATES = ['pending', 'success', 'failure', 'neutral'] as const;
export type CheckState = (typeof CHECK_STATES)[number];

export const VERDICTS = ['approve', 'request-changes'] as const;
export type ReviewVerdict = (typeof VERDICTS)[number];

export const MERGE_METHODS = ['merge', 'squash'] as const;

type Place = {
  readonly v: 1;
  readonly pull: number;
  readonly seq: number;
  /** RFC 3339. Never before the event that it stands on. */
  readonly at: string;
  /** The principal whose key signed the event. */
  readonly by: string;
};

export type PullAct =
  | {
      readonly type: 'open';
      readonly title: string;
      readonly body: string;
      /** Below `refs/heads/`. */
      readonly branch: string;
      readonly head: Oid;
    }
  | { readonly type: 'push'; readonly head: Oid }
  | {
      readonly type: 'check';
      readonly head: Oid;
      readonly name: string;
      readonly state: CheckState;
      readonly summary: string;
    }
  /** A comment with a key takes the place of the one that the same person gave this key before. */
  | { readonly type: 'comment'; readonly key: string | null; readonly body: string }
  | {
      readonly type: 'review';
      readonly head: Oid;
      readonly verdict: ReviewVerdict;
      readonly body: string;
      /** Who approves has a part in the head: it is no second pair of eyes. */
      readonly isSelf: boolean;
      /** Over number and head alone, so that it is proof without this log; null unless approved. */
      readonly signature: string | null;
    }
  | {
      readonly type: 'merge';
      readonly head: Oid;
      readonly method: (typeof MERGE_METHODS)[number];
      /** The commit of main by which the head came in. */
      readonly commit: Oid;
    }
  | { readonly type: 'close'; readonly reason: string };

/** Version 1 of what stands in a pull request's log. */
export type PullEvent = Place & PullAct;
export type PullEventOf<Type extends PullAct['type']> = Extract<PullEvent, { type: Type }>;

export function formatPullEvent(event: PullEvent): string {
  return toCanonicalJson(event);
}

/** One sentence for whoever reads the log with Git. */
export function toPullSentence(event: PullEvent): string {
  const { by, pull } = event;
  const subject = `pull request ${pull}`;
  switch (event.type) {
    case 'open':
      return `${by} opens ${subject} for ${event.branch}: ${event.title}`;
    case 'push':
      return `${by} sees ${subject} move to ${shorten(event.head)}`;
    case 'check':
      return `${by} reports ${event.name} on ${subject}: ${event.state}`;
    case 'comment':
      return `${by} comments on ${subject}`;
    case 'review':
      return event.verdict === 'approve'
        ? `${by} approves ${subject} at ${shorten(event.head)}${event.isSelf ? ', as its author' : ''}`
        : `${by} asks for changes to ${subject} at ${shorten(event.head)}`;
    case 'merge':
      return `${by} merges ${subject} into main as ${shorten(event.commit)}`;
    case 'close':
      return `${by} closes ${subject}`;
  }
}

export function shorten(oid: Oid): string {
  return oid.slice(0, 12);
}
