import type { Availability, ColumnType } from './source-definition.ts';

export type AggregateFunction = 'count' | 'sum' | 'mean' | 'min' | 'max' | 'distinct';

/**
 * One feature of a view. `latest` is the value of the newest row at or before the moment; an
 * `aggregate` runs over the rows of the window before it, `[moment - window, moment)`.
 */
export type ViewFeature =
  | {
      readonly name: string;
      readonly kind: 'latest';
      readonly column: string;
      /** With categories the value becomes its position among them; any other becomes -1. */
      readonly categories: readonly string[] | null;
    }
  | {
      readonly name: string;
      readonly kind: 'aggregate';
      readonly function: AggregateFunction;
      /** Null for `count`. */
      readonly column: string | null;
      readonly windowSeconds: number;
    };

export type AggregateFeature = Extract<ViewFeature, { readonly kind: 'aggregate' }>;

/** What the values of a view depend on, and nothing else: its digest names its online rows. */
export type ViewDefinition = {
  readonly v: 1;
  /** Namespace and name, such as `payments/customer-activity`. */
  readonly view: string;
  readonly source: string;
  readonly keys: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly eventTime: string;
  readonly availability: Availability;
  readonly timeToLiveSeconds: number | null;
  readonly features: readonly ViewFeature[];
};
