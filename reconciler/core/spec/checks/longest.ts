import { parseDurationSeconds, toDurationSeconds } from '../duration.ts';
import type { FieldProblem } from '../validate-value.ts';
import { problemAt } from './field-check.ts';

/**
 * The longest spans that mean something. Of longer ones the arithmetic fails: 999,999,999 days end
 * at no date, and in microseconds they are no whole number of 64 bits.
 */
export const LONGEST = {
  /** How long something is waited for. */
  wait: '3650d',
  /** How far back rows are looked at. */
  past: '36500d',
  /** A training that is never over keeps its slot from all others. */
  run: '28d',
} as const;

export function checkLongest(
  pointer: string,
  text: string | undefined,
  longest: (typeof LONGEST)[keyof typeof LONGEST],
): readonly FieldProblem[] {
  if (text === undefined) return [];
  if ((parseDurationSeconds(text) ?? 0) <= toDurationSeconds(longest)) return [];
  const field = pointer.slice(1).replaceAll('/', '.');
  const message = `"${field}" is at most ${longest}, but it is ${text}`;
  return [problemAt('P207', pointer, message, 'shorten it')];
}
