import type { Instant } from '../contracts/instant.ts';

/**
 * When a record cannot have been signed yet: before the last checkpoint that precedes it, whatever
 * its own clock says. So a key that was retired cannot sign new records by dating them back.
 * Checkpoints are in ascending order.
 */
export function createEarliestTime(
  checkpoints: readonly { readonly seq: number; readonly at: Instant }[],
): (record: { readonly seq: number; readonly at: Instant }) => Instant {
  let latest = Number.NEGATIVE_INFINITY;
  const known = checkpoints.map(({ seq, at }) => {
    latest = Math.max(latest, at);
    return { seq, latest };
  });
  return (record) => {
    let [low, high] = [0, known.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((known[middle]?.seq ?? 0) < record.seq) low = middle + 1;
      else high = middle;
    }
    return Math.max(record.at, known[low - 1]?.latest ?? record.at);
  };
}
