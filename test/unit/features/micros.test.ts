import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseMicros,
  toMicrosText,
  toOnlineAsOf,
} from '../../../reconciler/core/features/micros.ts';
import { toSqlName, toSqlText } from '../../../reconciler/core/features/sql-text.ts';

describe('microseconds', () => {
  it('survive being written and read, before 1970 too', () => {
    fc.assert(
      fc.property(fc.integer({ min: -9e15, max: 9e15 }), (micros) => {
        expect(parseMicros(toMicrosText(micros))).toBe(micros);
      }),
    );
  });

  it('sort as their texts do', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9e15 }), fc.integer({ min: 0, max: 9e15 }), (a, b) => {
        expect(toMicrosText(a) < toMicrosText(b)).toBe(a < b);
      }),
    );
  });

  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['1970-01-01T00:00:00.5Z', 500_000],
    ['1970-01-01T00:00:00.123456789Z', 123_456],
    ['1969-12-31T23:59:59.999999Z', -1],
  ])('of %s are %d', (text, micros) => {
    expect(parseMicros(text)).toBe(micros);
  });

  it.each(['1970-01-01T00:00:00', '1970-01-01T00:00:00+01:00', '1970-13-01T00:00:00Z', ''])(
    'are not to be had from %j',
    (text) => {
      expect(parseMicros(text)).toBeNull();
    },
  );

  it('of online values are one past the newest row', () => {
    expect(toOnlineAsOf({ availableTime: '2026-01-01T00:00:00.999999Z' })).toBe(
      '2026-01-01T00:00:01.000000Z',
    );
    expect(toOnlineAsOf({ availableTime: null })).toBe('1970-01-01T00:00:00.000000Z');
  });
});

describe('SQL text', () => {
  it('cannot be left by what is quoted', () => {
    expect(toSqlName('a"; DROP TABLE x; --')).toBe('"a""; DROP TABLE x; --"');
    expect(toSqlText("it's")).toBe("'it''s'");
    expect(() => toSqlText('\u0000')).toThrow(TypeError);
    expect(() => toSqlName('\u0000')).toThrow(TypeError);
  });
});
