import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { topLevel } from './rules/top-level.ts';

const REQUIRED = Object.fromEntries(
  [
    ...['package.json', 'package-lock.json', 'tsconfig.json', 'README.md', 'LICENSE'],
    ...['CONTRIBUTING.md', 'CHANGELOG.md', '.biome.json', '.npmrc', '.gitignore', '.gitattributes'],
    '.editorconfig',
  ].map((path) => [path, '{}']),
);

describe('the top level', () => {
  it('accepts the house', () => {
    const files = {
      ...REQUIRED,
      'reconciler/main.ts': '',
      'test/unit/a.test.ts': '',
      '.ci/run': '',
    };
    expect(checkFiles(topLevel, files)).toEqual([]);
  });

  it.each(['src/main.ts', 'docs/page.md', 'biome.json', 'notes.txt'])('refuses %s', (path) => {
    expect(checkFiles(topLevel, { ...REQUIRED, [path]: '' }).join()).toContain('is fixed');
  });

  it('refuses a clone without its licence', () => {
    const { LICENSE: _, ...rest } = REQUIRED;
    expect(checkFiles(topLevel, rest)).toEqual(['LICENSE:1 is missing']);
  });
});
