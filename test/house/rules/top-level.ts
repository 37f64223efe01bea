import type { Rule } from '../tree.ts';

const FOLDERS = [
  ...['reconciler', 'policies', 'spec-schemas', 'example-platform-repo', 'runners', 'test', '.ci'],
];

/** A clone is not complete without these. */
const REQUIRED = [
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'README.md', 'LICENSE'],
  ...['CONTRIBUTING.md', 'CHANGELOG.md', '.biome.json', '.npmrc', '.gitignore', '.gitattributes'],
  '.editorconfig',
];

const OPTIONAL = ['.dockerignore', 'SECURITY.md'];

export const topLevel: Rule = {
  name: 'top-level',
  check: (tree) => {
    const allowed = new Set([...FOLDERS, ...REQUIRED, ...OPTIONAL]);
    const present = new Set(tree.files.map(({ path }) => path.split('/')[0] ?? ''));
    const strangers = [...present].filter((name) => !allowed.has(name));
    const missing = REQUIRED.filter((name) => !present.has(name));
    return [
      ...strangers.map((path) => ({
        path,
        line: 1,
        message: `the top level is fixed: put it into ${FOLDERS.join(', ')}`,
      })),
      ...missing.map((path) => ({ path, line: 1, message: 'is missing' })),
    ];
  },
};
