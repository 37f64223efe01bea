import type { FeatureStatus } from './feature-status.ts';
import { MICROS_PER_SECOND, type Micros } from './micros.ts';
import type { ViewDefinition, ViewFeature } from './view-definition.ts';

/** What a view says of one key at one moment, in the order of its definition's features. */
export type ViewValues = {
  /** Null unless the status is PRESENT. */
  readonly values: readonly (number | null)[];
  readonly statuses: readonly FeatureStatus[];
};

/** Of a window without rows: nothing was counted and nothing added up, and there is no mean. */
export function toEmptyValue(feature: ViewFeature): number | null {
  if (feature.kind === 'latest') return null;
  return ['count', 'sum', 'distinct'].includes(feature.function) ? 0 : null;
}

/** An age of exactly the time to live is still young enough. */
function isOutsideMaxAge(
  timeToLiveSeconds: number | null,
  eventMicros: Micros,
  atMicros: Micros,
): boolean {
  return (
    timeToLiveSeconds !== null && atMicros - eventMicros > timeToLiveSeconds * MICROS_PER_SECOND
  );
}

/**
 * Values as computed from the rows become what a model may see. `eventMicros` is the newest row's,
 * null when the key has no row at or before the moment: its windows are then empty, not unknown.
 */
export function toViewValues(
  definition: ViewDefinition,
  computed: {
    readonly values: readonly (number | null)[];
    readonly eventMicros: Micros | null;
  },
  atMicros: Micros,
): ViewValues {
  const { features, timeToLiveSeconds } = definition;
  const { values, eventMicros } = computed;
  if (eventMicros === null) {
    const empty = features.map(toEmptyValue);
    return { values: empty, statuses: empty.map(toMissingStatus) };
  }
  if (isOutsideMaxAge(timeToLiveSeconds, eventMicros, atMicros)) {
    return { values: features.map(() => null), statuses: features.map(() => 'OUTSIDE_MAX_AGE') };
  }
  return { values, statuses: values.map(toKnownStatus) };
}

function toMissingStatus(value: number | null): FeatureStatus {
  return value === null ? 'NOT_FOUND' : 'PRESENT';
}

function toKnownStatus(value: number | null): FeatureStatus {
  return value === null ? 'NULL_VALUE' : 'PRESENT';
}
