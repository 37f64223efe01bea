import { describe, expect, it } from 'vitest';
import type { FeatureContract } from '../../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import { toDefinitionDigest } from '../../../reconciler/core/features/contract.ts';
import { createFeatureEncoder } from '../../../reconciler/core/features/encode-features.ts';
import { readOnlineValues } from '../../../reconciler/core/features/read-online-values.ts';
import type { ViewDefinition } from '../../../reconciler/core/features/view-definition.ts';

const VIEW: ViewDefinition = {
  v: 1,
  view: 'payments/activity',
  source: 'payments/transactions',
  keys: [{ name: 'customer_id', type: 'string' }],
  eventTime: 'event_time',
  availability: { eventTime: true },
  timeToLiveSeconds: 10,
  features: [
    { name: 'unused', kind: 'latest', column: 'a', categories: null },
    { name: 'last', kind: 'latest', column: 'b', categories: null },
    { name: 'sum', kind: 'aggregate', function: 'sum', column: 'b', windowSeconds: 60 },
    { name: 'mean', kind: 'aggregate', function: 'mean', column: 'b', windowSeconds: 60 },
  ],
};

/** Not in the order of the view, and not all of it. */
const CONTRACT: FeatureContract = {
  v: 1,
  views: [
    {
      view: VIEW.view,
      definitionDigest: toDefinitionDigest(VIEW),
      keys: ['customer_id'],
      timeToLiveSeconds: 10,
    },
  ],
  features: [
    { name: 'amount', view: null, kind: 'number', categories: [] },
    { name: 'mean', view: VIEW.view, kind: 'number', categories: [] },
    { name: 'last', view: VIEW.view, kind: 'number', categories: [] },
    { name: 'channel', view: null, kind: 'category', categories: ['chip', 'online'] },
    { name: 'sum', view: VIEW.view, kind: 'number', categories: [] },
  ],
};

const NOW = 1_000_000;
const ROW = { values: [9, 0.1, 3, null], eventTime: NOW - 10_000 };

const encoder = createFeatureEncoder(CONTRACT, [VIEW]);

function encode(row: typeof ROW | null, request: Readonly<Record<string, unknown>>, now = NOW) {
  const numbers = new Float32Array(7);
  const views = [readOnlineValues(VIEW, row, now)];
  const statuses = encoder.encode({ views, request, row: numbers, offset: 1 });
  return { numbers: [...numbers], statuses };
}

describe('a row of features', () => {
  it('is in the order of the contract, each number from its own place', () => {
    expect(encoder.width).toBe(5);
    const { numbers, statuses } = encode(ROW, { amount: 2.5, channel: 'online' });
    expect(numbers).toEqual([0, 2.5, Number.NaN, Math.fround(0.1), 1, 3, 0]);
    expect(statuses).toEqual(['PRESENT', 'NULL_VALUE', 'PRESENT', 'PRESENT', 'PRESENT']);
  });

  it('says what is missing, and gives an unknown category its own number', () => {
    const { numbers, statuses } = encode(ROW, { channel: 'carrier pigeon' });
    expect(numbers.slice(1, 5)).toEqual([Number.NaN, Number.NaN, Math.fround(0.1), -1]);
    expect(statuses[0]).toBe('NOT_FOUND');
    expect(encode(ROW, { amount: null, channel: null }).statuses[3]).toBe('NULL_VALUE');
  });

  it('has the empty values of windows for a key that nobody knows', () => {
    const { numbers, statuses } = encode(null, { amount: 1, channel: 'chip' });
    expect(numbers.slice(1, 6)).toEqual([1, Number.NaN, Number.NaN, 0, 0]);
    expect(statuses).toEqual(['PRESENT', 'NOT_FOUND', 'NOT_FOUND', 'PRESENT', 'PRESENT']);
  });

  it('is empty from a millisecond past the time to live, and not before', () => {
    expect(encode(ROW, {}, NOW).statuses[2]).toBe('PRESENT');
    const late = encode(ROW, {}, NOW + 1);
    expect(late.numbers.slice(2, 4)).toEqual([Number.NaN, Number.NaN]);
    expect(late.statuses.slice(1, 3)).toEqual(['OUTSIDE_MAX_AGE', 'OUTSIDE_MAX_AGE']);
    expect(late.statuses[4]).toBe('OUTSIDE_MAX_AGE');
  });

  it.each([
    ['amount', '12'],
    ['amount', true],
    ['channel', 1],
    ['channel', ['chip']],
  ])('is refused when %s has another type, and the value is not repeated', (name, value) => {
    const request = { [name]: value };
    expect(() => encode(ROW, request)).toThrow(
      expect.objectContaining({
        code: 'P821',
        message: expect.stringMatching(new RegExp(`^features\\.${name} must be a (number|text),`)),
      }),
    );
  });

  it('takes nothing that an object merely inherits', () => {
    const contract: FeatureContract = {
      v: 1,
      views: [],
      features: [{ name: 'constructor', view: null, kind: 'number', categories: [] }],
    };
    const row = new Float32Array(1);
    const input = { views: [], request: {}, row, offset: 0 };
    expect(createFeatureEncoder(contract, []).encode(input)).toEqual(['NOT_FOUND']);
    expect(row[0]).toBeNaN();
  });

  it('cannot be made with another definition of the view', () => {
    const other = { ...VIEW, timeToLiveSeconds: 11 };
    expect(() => createFeatureEncoder(CONTRACT, [other])).toThrow(
      expect.objectContaining({ code: 'P802' }),
    );
  });
});
