import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { moduleState } from './rules/module-state.ts';

describe('module state', () => {
  it.each([
    `const LIMIT = 3;`,
    `const KINDS: ReadonlySet<string> = new Set(['Zone']);`,
    `const NOTHING: readonly string[] = [];`,
    `const EMPTY: ReadonlyMap<string, string> = new Map();`,
    `function count() { let n = 0; const seen = new Set(); return n + seen.size; }`,
  ])('accepts %s', (text) => {
    expect(checkFiles(moduleState, { 'reconciler/a.ts': `${text}\n` })).toEqual([]);
  });

  it('lets tests and programs below test/ keep what is their own', () => {
    const text = 'let folder = "";\n';
    expect(checkFiles(moduleState, { 'test/contract/a.test.ts': text })).toEqual([]);
    expect(checkFiles(moduleState, { 'test/support/lock-child.ts': text })).toEqual([]);
    expect(checkFiles(moduleState, { 'reconciler/cli/a.ts': text })).toHaveLength(1);
    const shared = `${text}export const read = () => folder;\n`;
    expect(checkFiles(moduleState, { 'test/support/a.ts': shared })).toHaveLength(1);
  });

  it.each([
    `let cache = 1;`,
    `export let cache = 1;`,
    `var cache = 1;`,
    `const cache = new Map();`,
    `const cache: Map<string, string> = new Map<string, string>();`,
    `export const seen = new WeakSet();`,
    `const list: string[] = [];`,
    `const byName = {};`,
  ])('refuses %s', (text) => {
    expect(checkFiles(moduleState, { 'reconciler/a.ts': `${text}\n` })).toHaveLength(1);
  });
});
