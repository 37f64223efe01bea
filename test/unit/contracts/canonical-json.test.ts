import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCanonicalJson } from '../../../reconciler/core/contracts/canonical-json.ts';
import type { Json } from '../../../reconciler/core/contracts/json.ts';

// The package's types describe its CommonJS form only.
const reference = canonicalize as unknown as (value: unknown) => string;

describe('canonical JSON', () => {
  it('gives the text of RFC 8785 for every value of JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(toCanonicalJson(value as Json)).toBe(reference(value));
      }),
    );
  });

  it('sorts keys by UTF-16 code unit, as the RFC shows', () => {
    const text = toCanonicalJson({ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5 });
    expect(text).toBe('{"\\r":2,"1":4,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, '\ud800', { a: '\udfff' }, [undefined]])(
    'refuses what JSON cannot carry: %j',
    (value) => {
      expect(() => toCanonicalJson(value as Json)).toThrow(TypeError);
    },
  );

  it('refuses a cycle instead of exhausting the stack', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(() => toCanonicalJson(cycle as Json)).toThrow(/deeper/);
  });
});
