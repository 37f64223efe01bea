import { parseRfc3339, toRfc3339 } from '../../contracts/instant.ts';
import type { ConnectionSpec } from '../generated/connection.generated.ts';
import type { FieldProblem } from '../validate-value.ts';
import { type FieldCheck, problemAt, refusedAt } from './field-check.ts';

export const checkConnection: FieldCheck<ConnectionSpec> = ({ type, synthetic }) => {
  if (type === 'synthetic' && synthetic === undefined) {
    const message = 'missing field "synthetic" in "spec", which the type "synthetic" needs';
    return [problemAt('P112', '/spec', message, 'say what is to be made up')];
  }
  if (type !== 'synthetic' && synthetic !== undefined) {
    const message = `"spec.synthetic" means nothing beside the type "${type}"`;
    return [refusedAt('/spec/synthetic', message, 'remove the field, or write type: synthetic')];
  }
  return synthetic === undefined ? [] : checkInstant('/spec/synthetic/asOf', synthetic.asOf);
};

/** Of the texts that look like a moment, 30 February is none. */
export function checkInstant(pointer: string, text: string): readonly FieldProblem[] {
  const instant = parseRfc3339(text);
  if (instant !== null && toRfc3339(instant).slice(0, 19) === text.slice(0, 19)) return [];
  const field = pointer.slice(1).replaceAll('/', '.');
  const message = `"${field}" must be a day and time that there is, but it is "${text}"`;
  return [problemAt('P113', pointer, message, 'write it as in 2026-06-01T00:00:00Z')];
}
