import type { RouteAcknowledgement } from '../contracts/generated/route-acknowledgement.generated.ts';

/** What is known of one node: its last word, and which of its boots are over. */
export type HeardNode = {
  readonly last: RouteAcknowledgement;
  readonly pastBoots: readonly string[];
};

/** Far more than one zone has on its machines; the one heard longest ago makes room. */
export const MAX_HEARD_NODES = 256;

/** A message that is late by more restarts than these was lost long ago. */
const MAX_PAST_BOOTS = 32;

/**
 * Boots carry no order of their own: the one heard first is the older. Null when the word is of a
 * boot that is over, or of a lower revision.
 */
export function hearAcknowledgement(
  heard: HeardNode | null,
  word: RouteAcknowledgement,
): HeardNode | null {
  if (heard === null) return { last: word, pastBoots: [] };
  const { last, pastBoots } = heard;
  if (word.boot === last.boot) {
    return word.revision >= last.revision ? { last: word, pastBoots } : null;
  }
  if (pastBoots.includes(word.boot)) return null;
  return { last: word, pastBoots: [...pastBoots, last.boot].slice(-MAX_PAST_BOOTS) };
}
