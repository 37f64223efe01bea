import { isCodedError } from '../core/contracts/coded-error.ts';

/** What went wrong, for people: with its code, and as unexpected where it has none. */
export function describeError(error: unknown): string {
  if (isCodedError(error)) return `${error.code} ${error.message}`;
  return `P606 unexpected failure: ${error instanceof Error ? error.message : String(error)}`;
}
