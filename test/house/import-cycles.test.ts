import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { importCycles } from './rules/import-cycles.ts';

const importing = (...names: readonly string[]) =>
  names.map((name) => `import { ${name} } from './${name}.ts';\n`).join('');

describe('import cycles', () => {
  it('accepts a file that two others need', () => {
    const files = { 'a.ts': importing('b', 'c'), 'b.ts': importing('c'), 'c.ts': '' };
    expect(checkFiles(importCycles, files)).toEqual([]);
  });

  it('refuses a cycle and prints its whole path', () => {
    const files = { 'a.ts': importing('b'), 'b.ts': importing('c'), 'c.ts': importing('a') };
    expect(checkFiles(importCycles, files)).toEqual([
      'c.ts:1 import cycle a.ts → b.ts → c.ts → a.ts: move what both need into a third file',
    ]);
  });

  it.each([
    ['of types', `import type { a } from './a.ts';\n`],
    ['of a type in an expression', `type A = import('./a.ts').A;\n`],
    ['by a lazy import', `await import('./a.ts');\n`],
    ['by a re-export', `export * from './a.ts';\n`],
  ])('refuses a cycle %s', (_, back) => {
    expect(checkFiles(importCycles, { 'a.ts': importing('b'), 'b.ts': back })).toHaveLength(1);
  });

  it('refuses a file that imports itself', () => {
    expect(checkFiles(importCycles, { 'a.ts': importing('a') })).toHaveLength(1);
  });

  it('finds a cycle that is not reachable from the first file', () => {
    const files = { 'a.ts': '', 'b.ts': importing('c'), 'c.ts': importing('b') };
    expect(checkFiles(importCycles, files)).toHaveLength(1);
  });
});
