import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasTooManyParts, isTooDeep } from '../../../reconciler/core/serving/json-depth.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('the depth of JSON text', () => {
  it('is that of the value, whatever texts in it look like', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 8 }), (value, limit) => {
        expect(isTooDeep(bytes(JSON.stringify(value)), limit)).toBe(depthOf(value) > limit);
      }),
    );
  });

  it('does not take brackets in a text for nesting', () => {
    expect(isTooDeep(bytes(JSON.stringify({ x: '\\"[[[{{{'.repeat(50) })), 1)).toBe(false);
  });

  it('is allowed up to a hundred', () => {
    expect(isTooDeep(bytes('['.repeat(100)))).toBe(false);
    expect(isTooDeep(bytes('['.repeat(101)))).toBe(true);
    expect(isTooDeep(bytes('{"a":'.repeat(250_000)))).toBe(true);
  });
});

function partsOf(value: unknown): number {
  if (typeof value === 'string') return 1;
  if (typeof value !== 'object' || value === null) return 0;
  const names = Array.isArray(value) ? 0 : Object.keys(value).length;
  return 1 + names + Object.values(value).reduce<number>((sum, item) => sum + partsOf(item), 0);
}

describe('the parts of JSON text', () => {
  it('are its lists, objects and texts, whatever the texts look like', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 8 }), (value, limit) => {
        const text = bytes(JSON.stringify(value));
        expect(hasTooManyParts(text, limit)).toBe(partsOf(value) > limit);
      }),
    );
  });

  it('are few in a body of numbers alone, however many', () => {
    expect(hasTooManyParts(bytes(JSON.stringify(new Array(1_000_000).fill(1.5))))).toBe(false);
    expect(hasTooManyParts(bytes(`[${'{},'.repeat(100_000)}{}]`))).toBe(true);
  });
});
