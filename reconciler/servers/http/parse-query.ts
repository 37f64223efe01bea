import { z } from 'zod';
import { CodedError } from '../../core/contracts/coded-error.ts';

/** More parameters than any route has; the URL's length bounds the rest. */
const MAX_PARAMETERS = 8;
const MAX_MESSAGE_LENGTH = 300;

export const NO_QUERY = z.strictObject({});

/** What follows the `?`, judged by a schema. A parameter twice has no one meaning and is refused. */
export function parseQuery<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
): z.output<Schema> {
  const pairs = [...new URLSearchParams(text)];
  const values = new Map(pairs);
  if (pairs.length > MAX_PARAMETERS) throw refuse(`more than ${MAX_PARAMETERS} query parameters`);
  if (values.size < pairs.length) throw refuse('a query parameter is given twice');
  const result = schema.safeParse(Object.fromEntries(values));
  if (result.success) return result.data;
  throw refuse(result.error.issues.map(toSentence).join('; '));
}

function toSentence({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}

function refuse(why: string): CodedError {
  return new CodedError('P703', why.slice(0, MAX_MESSAGE_LENGTH));
}
