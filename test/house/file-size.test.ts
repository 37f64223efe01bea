import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { fileSize } from './rules/sizes.ts';

const lines = (count: number) => 'const a = 1;\n'.repeat(count);

describe('file size', () => {
  it('accepts 400 lines, and any number of generated ones', () => {
    const files = { 'reconciler/a.ts': lines(400), 'reconciler/b.generated.ts': lines(900) };
    expect(checkFiles(fileSize, files)).toEqual([]);
  });

  it.each(['reconciler/a.ts', 'reconciler/cli/a.mjs', 'test/a.test.ts'])(
    'refuses 401 lines in %s',
    (path) => {
      expect(checkFiles(fileSize, { [path]: lines(401) }).join()).toContain(
        '401 lines, at most 400',
      );
    },
  );

  it('refuses them in Python and SQL as well', () => {
    const text = '-- line\n'.repeat(401);
    expect(checkFiles(fileSize, { 'runners/train/main.py': text, 'a.sql': text })).toHaveLength(2);
  });
});
