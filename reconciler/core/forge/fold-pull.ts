import type { PullEvent, PullEventOf } from './pull-event.ts';
import type { PullStory } from './pull-request.ts';

export type FoldedPull =
  | { readonly state: 'valid'; readonly story: PullStory }
  | { readonly state: 'invalid'; readonly why: string };

/** The whole log, oldest first, of the pull request with this number. */
export function foldPull(number: number, events: readonly PullEvent[]): FoldedPull {
  let story: PullStory | null = null;
  for (const event of events) {
    const why = findMisplaced(number, story, event);
    if (why !== null) return { state: 'invalid', why: `event ${event.seq}: ${why}` };
    story = apply(story, event);
  }
  if (story === null) return { state: 'invalid', why: 'the log is empty' };
  return { state: 'valid', story };
}

/** Null when the event may follow what is there. */
export function findMisplaced(
  number: number,
  story: PullStory | null,
  event: PullEvent,
): string | null {
  if (event.pull !== number) return `it is of pull request ${event.pull}, not ${number}`;
  const expected = (story?.seq ?? 0) + 1;
  if (event.seq !== expected) return `it stands in place ${expected}`;
  if (story === null) return event.type === 'open' ? null : 'the first event does not open it';
  if (event.type === 'open') return 'it is opened twice';
  if (Date.parse(event.at) < Date.parse(story.updatedAt)) return 'it is older than the one before';
  if (story.state !== 'open') return `it comes after the pull request was ${story.state}`;
  const isOfHead = event.type === 'review' || event.type === 'merge';
  if (isOfHead && event.head !== story.head) return `its ${event.type} is of another head`;
  return null;
}

function apply(story: PullStory | null, event: PullEvent): PullStory {
  // Only an opening event may come first, and only there: it was asked before.
  if (story === null) return open(event as PullEventOf<'open'>);
  const next = { ...story, seq: event.seq, updatedAt: event.at };
  const { by, at } = event;
  switch (event.type) {
    case 'open':
      return story;
    case 'push':
      return { ...next, ...push(story, event) };
    case 'check':
      return { ...next, checks: putCheck(story, event) };
    case 'comment':
      return { ...next, comments: putComment(story, event) };
    case 'review':
      return { ...next, reviews: putReview(story, event) };
    case 'merge': {
      const { commit, method } = event;
      return { ...next, state: 'merged', merged: { commit, method, by, at } };
    }
    case 'close':
      return { ...next, state: 'closed', closed: { reason: event.reason, by, at } };
  }
}

function open(event: PullEventOf<'open'>): PullStory {
  const { pull, title, body, by, branch, head, at, seq } = event;
  return {
    number: pull,
    title,
    body,
    author: by,
    branch,
    head,
    state: 'open',
    openedAt: at,
    updatedAt: at,
    pushers: [],
    checks: [],
    comments: [],
    reviews: [],
    merged: null,
    closed: null,
    seq,
  };
}

function push(
  story: PullStory,
  event: PullEventOf<'push'>,
): Pick<PullStory, 'head' | 'pushers' | 'reviews'> {
  const { head, by } = event;
  return {
    head,
    pushers: story.pushers.includes(by) ? story.pushers : [...story.pushers, by],
    // Coming back to a head does not revive what was said of it: somebody took it away meanwhile.
    reviews: story.reviews.map((review) => ({ ...review, isStale: true })),
  };
}

function putCheck(story: PullStory, event: PullEventOf<'check'>): PullStory['checks'] {
  const { name, head, state, summary, by, at } = event;
  const others = story.checks.filter(
    (check) => check.name !== name || check.head !== head || check.by !== by,
  );
  return [...others, { name, head, state, summary, by, at }];
}

function putComment(story: PullStory, event: PullEventOf<'comment'>): PullStory['comments'] {
  const { key, body, by, at } = event;
  const isSame = (comment: PullStory['comments'][number]) =>
    key !== null && comment.key === key && comment.by === by;
  if (!story.comments.some(isSame)) {
    return [...story.comments, { key, body, by, at, editedAt: null }];
  }
  return story.comments.map((comment) =>
    isSame(comment) ? { ...comment, body, editedAt: at } : comment,
  );
}

function putReview(story: PullStory, event: PullEventOf<'review'>): PullStory['reviews'] {
  const { by, verdict, head, body, at, signature } = event;
  const isSelf = event.isSelf || by === story.author || story.pushers.includes(by);
  const review = { by, verdict, head, body, at, isSelf, isStale: false, signature };
  return [...story.reviews.filter((other) => other.by !== by), review];
}
