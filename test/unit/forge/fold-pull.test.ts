import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMisplaced, foldPull } from '../../../reconciler/core/forge/fold-pull.ts';
import type { PullAct, PullEvent } from '../../../reconciler/core/forge/pull-event.ts';
import type { PullStory } from '../../../reconciler/core/forge/pull-request.ts';
import { ARMOR, anyAct, HEADS, PEOPLE, toEvent } from './events.ts';

const [A = '', B = ''] = HEADS;
const YOU = 'you@localhost';
const REVIEWER = 'reviewer@localhost';
const opening = toEvent({ type: 'open', title: 't', body: '', branch: 'b', head: A }, 1, YOU);

/** Every act that may come next, in its place; the others are left out. */
const anyLog = fc
  .array(fc.tuple(anyAct, fc.constantFrom(...PEOPLE)), { maxLength: 25 })
  .map((acts) => {
    const events: PullEvent[] = [opening];
    for (const [act, by] of acts) {
      const story = fold(events);
      const event = toEvent(act, events.length + 1, by);
      if (findMisplaced(7, story, event) === null) events.push(event);
    }
    return events;
  });

function fold(events: readonly PullEvent[]): PullStory {
  const folded = foldPull(7, events);
  if (folded.state === 'invalid') throw new Error(folded.why);
  return folded.story;
}

const whyNot = (...events: readonly PullEvent[]) => {
  const folded = foldPull(7, events);
  return folded.state === 'invalid' ? folded.why : null;
};

describe('what a log says', () => {
  it('is what each question asks of its events', () => {
    fc.assert(
      fc.property(anyLog, (events) => {
        const story = fold(events);
        const heads = events.flatMap((event) =>
          event.type === 'open' || event.type === 'push' ? [event.head] : [],
        );
        expect(story.head).toBe(heads.at(-1));
        expect(story.seq).toBe(events.length);
        expect(story.updatedAt).toBe(events.at(-1)?.at);
        const last = events.at(-1)?.type;
        const state = last === 'merge' ? 'merged' : last === 'close' ? 'closed' : 'open';
        expect(story.state).toBe(state);
        expect(story.merged === null).toBe(state !== 'merged');
        expect(story.closed === null).toBe(state !== 'closed');
        checkReviews(story, events);
        checkComments(story, events);
        checkChecks(story, events);
      }),
      { numRuns: 300 },
    );
  });

  it('changes nothing of what was said before', () => {
    fc.assert(
      fc.property(anyLog, fc.nat(), (events, choice) => {
        const part = events.slice(0, 1 + (choice % events.length));
        const frozen = structuredClone(fold(part));
        fold(events);
        expect(fold(part)).toEqual(frozen);
      }),
    );
  });

  it('takes an approval for their own of whoever opened or pushed', () => {
    const push = toEvent({ type: 'push', head: B }, 2, REVIEWER);
    const approve = (seq: number, by: string) => toEvent(approval(B), seq, by);
    const story = fold([opening, push, approve(3, REVIEWER), approve(4, YOU), approve(5, 'x@y')]);
    expect(story.reviews.map(({ by, isSelf }) => [by, isSelf])).toEqual([
      [REVIEWER, true],
      [YOU, true],
      ['x@y', false],
    ]);
  });

  it.each([
    ['nothing', []],
    ['an event before the opening', [toEvent({ type: 'push', head: B }, 1, YOU)]],
    ['a second opening', [opening, { ...opening, seq: 2 }]],
    ['a gap', [opening, toEvent({ type: 'push', head: B }, 3, YOU)]],
    ['a place taken twice', [opening, toEvent({ type: 'push', head: B }, 1, YOU)]],
    ['an event of another', [opening, toEvent({ type: 'push', head: B }, 2, YOU, { pull: 8 })]],
    ['a log of another', [{ ...opening, pull: 8 }]],
    [
      'time that goes back',
      [opening, toEvent({ type: 'push', head: B }, 2, YOU, { at: '2020-01-01T00:00:00Z' })],
    ],
    ['a review of another head', [opening, toEvent(approval(B), 2, REVIEWER)]],
    ['a merge of another head', [opening, toEvent(merging(B), 2, YOU)]],
    [
      'something after the end',
      [opening, toEvent(merging(A), 2, YOU), toEvent({ type: 'close', reason: '' }, 3, YOU)],
    ],
  ] as const)('refuses %s', (_, events) => {
    expect(whyNot(...(events as readonly PullEvent[]))).not.toBeNull();
  });
});

function approval(head: string): PullAct {
  const verdict = 'approve' as const;
  return { type: 'review', head, verdict, body: '', isSelf: false, signature: ARMOR };
}

function merging(head: string): PullAct {
  return { type: 'merge', head, method: 'merge', commit: B };
}

/** The last review of each person; stale when anything was pushed after it. */
function checkReviews(story: PullStory, events: readonly PullEvent[]): void {
  for (const by of PEOPLE) {
    const at = events.findLastIndex((event) => event.type === 'review' && event.by === by);
    const review = story.reviews.find((one) => one.by === by);
    expect(review === undefined).toBe(at === -1);
    const event = events[at];
    if (review === undefined || event?.type !== 'review') continue;
    const isStale = events.slice(at).some(({ type }) => type === 'push');
    expect(review).toMatchObject({ verdict: event.verdict, head: event.head, isStale });
    expect(review.isStale || review.head === story.head).toBe(true);
  }
}

function checkComments(story: PullStory, events: readonly PullEvent[]): void {
  const threads = new Map<string, string>();
  for (const event of events) {
    if (event.type !== 'comment') continue;
    const name = event.key === null ? `#${event.seq}` : `${event.by} ${event.key}`;
    threads.set(name, event.body);
  }
  expect(story.comments.map(({ body }) => body)).toEqual([...threads.values()]);
}

function checkChecks(story: PullStory, events: readonly PullEvent[]): void {
  const states = new Map<string, string>();
  for (const event of events) {
    if (event.type === 'check') {
      states.set(`${event.by} ${event.name} ${event.head}`, event.state);
    }
  }
  const found = story.checks.map((one) => [`${one.by} ${one.name} ${one.head}`, one.state]);
  expect(new Map(found as [string, string][])).toEqual(states);
  expect(found).toHaveLength(states.size);
}
