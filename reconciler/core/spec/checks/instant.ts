import { parseRfc3339, toRfc3339 } from '../../contracts/instant.ts';
import type { FieldProblem } from '../validate-value.ts';
import { problemAt } from './field-check.ts';

/** Of the texts that look like a moment, 30 February is none. */
export function checkInstant(pointer: string, text: string): readonly FieldProblem[] {
  const instant = parseRfc3339(text);
  if (instant !== null && toRfc3339(instant).slice(0, 19) === text.slice(0, 19)) return [];
  const field = pointer.slice(1).replaceAll('/', '.');
  const message = `"${field}" must be a day and time that there is, but it is "${text}"`;
  return [problemAt('P113', pointer, message, 'write it as in 2026-06-01T00:00:00Z')];
}
