import { ERROR_CODES, type ErrorCode } from './error-codes.ts';
import { isJsonObject, type JsonObject } from './json.ts';

/** What a bundled program says at its end, as the last line of its standard output. */
export type RunnerAnswer =
  | { readonly state: 'done'; readonly result: JsonObject }
  | { readonly state: 'failed'; readonly code: ErrorCode; readonly message: string };

/** The exit code of a program that was given something bad: trying again cannot help. */
export const EXIT_BAD_INPUT = 10;

export function toAnswerLine(answer: RunnerAnswer): string {
  return `${JSON.stringify(answer)}\n`;
}

/** Null when the line is no answer. */
export function parseAnswerLine(line: string): RunnerAnswer | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isJsonObject(value)) return null;
  const { state, result, code, message } = value;
  if (state === 'done' && isJsonObject(result)) return { state, result };
  if (state !== 'failed' || typeof message !== 'string' || typeof code !== 'string') return null;
  return Object.hasOwn(ERROR_CODES, code) ? { state, code: code as ErrorCode, message } : null;
}
