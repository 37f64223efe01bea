/** Counts are whole numbers below 2^53; anything else is a defect of whoever counted. */
export function requireCount(count: number, what: string): number {
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new RangeError(`${what} is ${count}, which is not a count`);
}
