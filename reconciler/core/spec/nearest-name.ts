/** A name further away than this is another word, not a slip of the hand. */
const MAX_DISTANCE = 3;
const MAX_LENGTH = 64;

/** The candidate that was probably meant, or null. Ties go to the first in alphabetical order. */
export function findNearestName(name: string, candidates: Iterable<string>): string | null {
  if (name.length > MAX_LENGTH) return null;
  const limit = Math.min(MAX_DISTANCE, Math.max(1, Math.floor(name.length / 3)));
  let nearest: string | null = null;
  let best = limit + 1;
  for (const candidate of [...candidates].sort()) {
    const distance = measureDistance(name.toLowerCase(), candidate.toLowerCase(), best);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

/** Edits (insert, remove, replace, swap neighbours) from one text to the other, up to `cap`. */
export function measureDistance(left: string, right: string, cap: number): number {
  if (Math.abs(left.length - right.length) >= cap) return cap;
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      const swapped =
        row > 1 &&
        column > 1 &&
        left[row - 1] === right[column - 2] &&
        left[row - 2] === right[column - 1];
      const cost = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + (same ? 0 : 1),
        swapped ? (beforeLast[column - 2] as number) + 1 : cap,
      );
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return Math.min(cap, last[right.length] as number);
}
