import { ERROR_CODES, type ErrorCode } from './error-codes.ts';
import type { Json, JsonObject } from './json.ts';

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
  let value: Json;
  try {
    value = JSON.parse(line) as Json;
  } catch {
    return null;
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
  const { state, result, code, message } = value as JsonObject;
  if (state === 'done' && isObject(result)) return { state, result };
  if (state !== 'failed' || typeof message !== 'string' || typeof code !== 'string') return null;
  return Object.hasOwn(ERROR_CODES, code) ? { state, code: code as ErrorCode, message } : null;
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
