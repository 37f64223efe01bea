import type { RecentPull } from '../status/recent-story.ts';
import type { PullStory } from './pull-request.ts';

/** What was said of an earlier head says nothing of the one that is there. */
export function summarisePull(pull: PullStory): RecentPull {
  const { number, title, author, branch, openedAt, updatedAt, head } = pull;
  const latest = new Map(
    pull.checks.filter((check) => check.head === head).map(({ name, state }) => [name, state]),
  );
  return {
    ...{ number, title, author, branch, openedAt, updatedAt },
    checks: [...latest].map(([name, state]) => ({ name, state })),
    reviews: pull.reviews
      .filter(({ isStale }) => !isStale)
      .map(({ by, verdict, isSelf }) => ({ by, verdict, isSelf })),
  };
}
