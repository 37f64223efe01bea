import { toEntityKey } from '../features/entity-key.ts';

/** One key of an entity; a number and the text of its digits are the same key. */
export type EntityValue = string | number | boolean;

const MAX_VALUE_LENGTH = 1024;

/** Half a character: no key can be written with it. */
const LONE_SURROGATE = /\p{Surrogate}/u;

export function isEntityValue(value: unknown): value is EntityValue {
  if (typeof value !== 'string') return Number.isSafeInteger(value) || typeof value === 'boolean';
  return value.length <= MAX_VALUE_LENGTH && !LONE_SURROGATE.test(value);
}

/**
 * What decides which version answers, whichever door a request comes through. Several values are
 * in the order of their keys' names, which a caller without names has to know.
 */
export function toAssignmentText(values: readonly EntityValue[]): string {
  return toEntityKey(values);
}
