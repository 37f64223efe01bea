import type { Instant } from '../contracts/instant.ts';
import { MICROS_PER_MS } from './micros.ts';
import type { ViewDefinition } from './view-definition.ts';
import { toViewValues, type ViewValues } from './view-values.ts';

/**
 * An online row as it is at `now`: too old, or as stored; null for a key without a row. The row's
 * event time is cut off to milliseconds, which is exact here: `now` and a time to live are whole
 * milliseconds too, so an age passes the limit cut off when it does so in full.
 */
export function readOnlineValues(
  definition: ViewDefinition,
  row: { readonly values: readonly (number | null)[]; readonly eventTime: Instant } | null,
  now: Instant,
): ViewValues {
  const computed =
    row === null
      ? { values: [], eventMicros: null }
      : { values: row.values, eventMicros: row.eventTime * MICROS_PER_MS };
  return toViewValues(definition, computed, now * MICROS_PER_MS);
}
