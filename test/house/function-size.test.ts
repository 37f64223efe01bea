import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { functionSize } from './rules/sizes.ts';

/** A function of `count` lines: the two with the braces, and statements between them. */
const body = (count: number) => `{\n${'  step();\n'.repeat(count - 2)}}`;

describe('function size', () => {
  it('accepts 70 lines', () => {
    expect(checkFiles(functionSize, { 'reconciler/a.ts': `function a() ${body(70)}\n` })).toEqual(
      [],
    );
  });

  it.each([
    ['a function', `export function a() ${body(71)}\n`],
    ['an arrow function', `const a = () => ${body(71)};\n`],
    ['a method', `class A { method() ${body(71)} }\n`],
    ['a method of an object', `const a = { method() ${body(71)} };\n`],
  ])('refuses 71 lines in %s', (_, text) => {
    expect(checkFiles(functionSize, { 'reconciler/a.ts': text })).toEqual([
      'reconciler/a.ts:1 71 lines, at most 70: give its steps names',
    ]);
  });

  it('lets a suite list its tests, and measures each test in it', () => {
    const list = `describe('a', () => {\n${"it('b', () => {});\n".repeat(90)}});\n`;
    expect(checkFiles(functionSize, { 'test/unit/a.test.ts': list })).toEqual([]);
    expect(checkFiles(functionSize, { 'reconciler/a.ts': list })).toHaveLength(1);
    const long = `describe('a', () => { it('b', () => ${body(71)}); });\n`;
    expect(checkFiles(functionSize, { 'test/unit/a.test.ts': long })).toHaveLength(1);
  });
});
