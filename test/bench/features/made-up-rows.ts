import type { SourceDefinition } from '../../../reconciler/core/features/source-definition.ts';
import type {
  ViewDefinition,
  ViewFeature,
} from '../../../reconciler/core/features/view-definition.ts';

const DAY_SECONDS = 86_400;
const START_MICROS = 1_700_000_000_000_000;

const column = (
  name: string,
  type: SourceDefinition['columns'][number]['type'],
): SourceDefinition['columns'][number] => ({
  name,
  type,
  nullable: false,
  minimum: null,
  maximum: null,
  values: null,
});

/** As `makeEvents` makes them, with their available time under a name of their own. */
export const EVENTS: SourceDefinition = {
  v: 1,
  source: 'payments/events',
  format: 'csv',
  columns: [
    column('customer', 'string'),
    column('happened', 'timestamp'),
    column('known', 'timestamp'),
    column('amount', 'float64'),
    column('category', 'string'),
  ],
  eventTime: 'happened',
  availability: { column: 'known' },
  maxQuarantinedPercent: 0,
};

const windowed = (aggregate: 'count' | 'sum' | 'mean' | 'max', days: number): ViewFeature => ({
  name: `${aggregate}_${days}d`,
  kind: 'aggregate',
  function: aggregate,
  column: aggregate === 'count' ? null : 'amount',
  windowSeconds: days * DAY_SECONDS,
});

/** What a model of card fraud asks of a customer. */
export const ACTIVITY: ViewDefinition = {
  v: 1,
  view: 'payments/activity',
  source: EVENTS.source,
  keys: [{ name: 'customer', type: 'string' }],
  eventTime: 'happened',
  availability: { column: 'known' },
  timeToLiveSeconds: null,
  features: [
    ...[1, 7, 30].map((days) => windowed('count', days)),
    ...[1, 30].map((days) => windowed('sum', days)),
    windowed('mean', 30),
    windowed('max', 30),
    { name: 'last_amount', kind: 'latest', column: 'amount', categories: null },
  ],
};

type Size = { readonly keys: number; readonly seed: number };

/** 240 days of events; three of a hundred become known hours or days later. */
export function makeEvents({ rows, keys, seed }: Size & { readonly rows: number }): string {
  return `SELECT ${toCustomer(keys, seed)} AS customer, ${toMoment(seed)} AS happened,
    happened + to_seconds(CASE WHEN i % 33 = 0 THEN hash(i, ${seed}, 'late') % 200000 ELSE 5 END::BIGINT)
      AS __available_at, i AS __sequence,
    (hash(i, ${seed}, 'amount') % 100000) / 100.0::DOUBLE AS amount,
    'category-' || hash(i, ${seed}, 'category') % 9 AS category
  FROM range(${rows}) AS numbers (i)`;
}

export function makeLabels({ labels, keys, seed }: Size & { readonly labels: number }): string {
  return `SELECT i AS __row, ${toCustomer(keys, -seed)} AS customer, ${toMoment(-seed)} AS __at
  FROM range(${labels}) AS numbers (i)`;
}

function toCustomer(keys: number, seed: number): string {
  return `'c-' || hash(i, ${seed}, 'customer') % ${keys}`;
}

function toMoment(seed: number): string {
  const seconds = `(hash(i, ${seed}, 'moment') % ${240 * DAY_SECONDS})::BIGINT`;
  return `make_timestamptz(${START_MICROS} + ${seconds} * 1000000)`;
}
