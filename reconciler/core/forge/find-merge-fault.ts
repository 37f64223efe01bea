import type { ErrorCode } from '../contracts/error-codes.ts';
import { shorten } from './pull-event.ts';
import type { PullReview, PullStory } from './pull-request.ts';

export type MergeFault = { readonly code: ErrorCode; readonly why: string };

/** Why what people said of the pull request speaks against merging it; null when nothing does. */
export function findMergeFault(story: PullStory): MergeFault | null {
  const { number, head, reviews } = story;
  const objecting = reviews.filter(
    ({ verdict, isStale }) => verdict === 'request-changes' && !isStale,
  );
  if (objecting.length > 0) {
    const why = `pull request ${number} is not what ${listPeople(objecting)} asked for: changes are requested`;
    return { code: 'P420', why };
  }
  const approvals = reviews.filter(({ verdict }) => verdict === 'approve');
  const stale = approvals.filter(({ isStale }) => isStale);
  if (stale.length === 0 || stale.length < approvals.length) return null;
  const why = `pull request ${number} moved to ${shorten(head)} since ${listPeople(stale)} approved it; it has to be approved again`;
  return { code: 'P418', why };
}

/** Who approved the present head and had no part in it, as far as the log knows. */
export function listApprovers({ reviews }: PullStory): readonly string[] {
  return reviews
    .filter(({ verdict, isStale, isSelf }) => verdict === 'approve' && !isStale && !isSelf)
    .map(({ by }) => by);
}

function listPeople(reviews: readonly PullReview[]): string {
  return reviews.map(({ by }) => by).join(', ');
}
