import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { suppressions } from './rules/suppressions.ts';

const at = (name: string) => `@ts-${name}`;
const check = (text: string) =>
  checkFiles(suppressions, { 'reconciler/a.ts': `${text}\nconst a = 1;\n` });

describe('suppressions', () => {
  it.each([
    '// biome-ignore lint/suspicious/noExplicitAny: the library types this argument so',
    `// ${at('expect-error')} the type of the package misses this option`,
    '// a comment that mentions biome-ignore in passing',
  ])('accepts %s', (text) => {
    expect(check(text)).toEqual([]);
  });

  it.each([
    '// biome-ignore lint/suspicious/noExplicitAny: no',
    '// biome-ignore lint/suspicious/noExplicitAny',
    `// ${at('expect-error')}`,
    `/* ${at('ignore')} because the types are wrong here */`,
    `// ${at('nocheck')}`,
    '// eslint-disable-next-line no-console',
  ])('refuses %s', (text) => {
    expect(check(text)).toHaveLength(1);
  });
});
