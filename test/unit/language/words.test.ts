import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countCodePoints } from '../../../reconciler/core/spec/count-code-points.ts';
import { mentionsOurApi } from '../../../reconciler/core/spec/find-mark.ts';
import {
  joinPointer,
  readPointer,
  splitPointer,
  toFieldPath,
} from '../../../reconciler/core/spec/json-pointer.ts';
import { createLineIndex, toPosition } from '../../../reconciler/core/spec/line-index.ts';
import { findNearestName, measureDistance } from '../../../reconciler/core/spec/nearest-name.ts';
import { toPrintable, toQuoted } from '../../../reconciler/core/spec/printable.ts';

describe('the nearest name', () => {
  it.each([
    ['zoen', ['zone', 'pools'], 'zone'],
    ['promoteFrom', ['promotesFrom', 'targets'], 'promotesFrom'],
    ['Zone', ['zone'], 'zone'],
    ['ab', ['ac', 'ad'], 'ac'],
    ['replicas', ['zone', 'pools'], null],
    ['a', [], null],
    ['x'.repeat(65), ['x'.repeat(64)], null],
  ])('of %s among %j is %s', (name, candidates, expected) => {
    expect(findNearestName(name, candidates)).toBe(expected);
  });

  it('is measured alike from both ends, and is zero only for the same text', () => {
    const word = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') });
    fc.assert(
      fc.property(word, word, (left, right) => {
        const distance = measureDistance(left, right, 99);
        expect(measureDistance(right, left, 99)).toBe(distance);
        expect(distance === 0).toBe(left === right);
        expect(distance).toBeLessThanOrEqual(Math.max(left.length, right.length));
        expect(measureDistance(left, right, 2)).toBe(Math.min(2, distance));
      }),
    );
  });
});

describe('pointers', () => {
  it('go there and back through any key', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (steps) => {
        expect(splitPointer(steps.reduce(joinPointer, ''))).toEqual(steps);
      }),
    );
  });

  it('follow own properties only', () => {
    expect(readPointer({ a: [{ 'b/c': 1 }] }, '/a/0/b~1c')).toBe(1);
    expect(readPointer({}, '/constructor/name')).toBeUndefined();
    expect(readPointer('text', '/length')).toBeUndefined();
  });

  it('are shown as people write them', () => {
    expect(toFieldPath('/spec/pools/0/name')).toBe('spec.pools[0].name');
  });
});

describe('positions', () => {
  it('agree with counting lines by hand', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r', 'é'), maxLength: 40 });
    fc.assert(
      fc.property(text, fc.nat(), (content, dice) => {
        const offset = dice % (content.length + 1);
        const before = content.slice(0, offset).split('\n');
        const expected = [before.length, (before.at(-1) ?? '').length + 1];
        expect(toPosition(createLineIndex(content), offset)).toEqual(expected);
      }),
    );
  });
});

describe('what is printed', () => {
  it('has no control characters, whatever it was', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 0xffff }), { maxLength: 60 }), (units) => {
        const text = String.fromCharCode(...units);
        expect(toPrintable(text)).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  it('is cut, and names what is no text', () => {
    expect(toPrintable('x'.repeat(200), 5)).toBe('xxxxx…');
    expect([null, [1], { a: 1 }, 4, true, 'a\nb'].map(toQuoted)).toEqual([
      'empty',
      'a list',
      'a map',
      '4',
      'true',
      '"a\\u000ab"',
    ]);
  });

  it('counts characters as JSON Schema does', () => {
    expect(countCodePoints('a💶é')).toBe(3);
  });
});

describe('the mark of our API', () => {
  it('is found wherever it stands, also between NUL bytes', () => {
    const mark = [...'plumbline.dev'].map((letter) => letter.charCodeAt(0));
    const noise = fc.uint8Array({ maxLength: 30 });
    fc.assert(
      fc.property(noise, noise, fc.boolean(), (before, after, isWide) => {
        const wide = isWide ? mark.flatMap((code) => [code, 0]) : mark;
        expect(mentionsOurApi(Uint8Array.from([...before, ...wide, ...after]))).toBe(true);
        expect(mentionsOurApi(Uint8Array.from([...before, ...mark.slice(0, -1)]))).toBe(false);
      }),
    );
  });
});
