import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { dependencies } from './rules/dependencies.ts';

const manifest = (version: string) =>
  JSON.stringify({ dependencies: { yaml: version }, devDependencies: { vitest: '4.1.11' } });

const README = `# Plumbline

## Dependencies

| package | why |
|---|---|
| \`yaml\` | reads YAML with the position of every node |
| \`vitest\` | runs all tests, in projects by folder |
`;

describe('dependencies', () => {
  it('accepts pinned packages that the README explains', () => {
    expect(
      checkFiles(dependencies, { 'package.json': manifest('2.9.1'), 'README.md': README }),
    ).toEqual([]);
  });

  it('refuses a range', () => {
    const files = { 'package.json': manifest('^2.9.1'), 'README.md': README };
    expect(checkFiles(dependencies, files).join()).toContain('pin one version');
  });

  it('refuses a package without a row or without a reason, and a row without a package', () => {
    const bare = { 'package.json': manifest('2.9.1'), 'README.md': '# Plumbline\n' };
    expect(checkFiles(dependencies, bare)).toHaveLength(2);
    const silent = README.replace('reads YAML with the position of every node', 'yes');
    expect(checkFiles(dependencies, { ...bare, 'README.md': silent }).join()).toContain(
      'yaml needs',
    );
    const stale = `${README}| \`lodash\` | was here once for something |\n`;
    expect(checkFiles(dependencies, { ...bare, 'README.md': stale }).join()).toContain(
      'lodash is no dependency any more',
    );
  });
});
