import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { forms } from './rules/forms.ts';

describe('forms', () => {
  it('accepts named exports, unions and descriptions of what others provide', () => {
    const text = `export type A = 'a' | 'b';\nexport const b = 1;\ndeclare module 'x' {}\n`;
    expect(checkFiles(forms, { 'reconciler/a.ts': text })).toEqual([]);
  });

  it.each([
    ['an enum', 'export enum A { B }', 'union of strings'],
    ['a const enum', 'const enum A { B }', 'union of strings'],
    ['a namespace', 'namespace A { export const b = 1; }', 'use a file'],
    ['a parameter property', 'class A { constructor(private b: string) {} }', 'declare the field'],
    ['a default export', 'export default 1;', 'no default exports'],
    ['a default export by name', 'const a = 1; export { a as default };', 'no default exports'],
    ['a barrel', `export * from './b.ts';`, 'no barrels'],
    ['a barrel of names', `export { b } from './b.ts';`, 'no barrels'],
    ['a barrel of types', `export type { B } from './b.ts';`, 'no barrels'],
    ['an export assignment', 'export = 1;', 'use named exports'],
  ])('refuses %s', (_, text, message) => {
    expect(checkFiles(forms, { 'reconciler/a.ts': `${text}\n` }).join()).toContain(message);
  });

  it('refuses an index file', () => {
    const files = { 'reconciler/core/index.ts': 'export const a = 1;\n' };
    expect(checkFiles(forms, files).join()).toContain('name the file for its content');
  });

  it('lets one configuration file have the default export that its tool asks for', () => {
    expect(checkFiles(forms, { 'test/vitest.config.ts': 'export default {};\n' })).toEqual([]);
  });
});
