import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { namedPaths } from './rules/markdown.ts';

const FILES = {
  'reconciler/core/plan/effect.ts': '',
  'reconciler/ports/forge.ts': '',
  'test/house/house.test.ts': '',
  'example-platform-repo/releases/prod/a.yaml': '',
};
const check = (text: string, path = 'README.md') =>
  checkFiles(namedPaths, { ...FILES, [path]: `# A\n\n${text}\n` });

describe('paths named in pages', () => {
  it.each([
    'see `reconciler/core/plan/effect.ts`',
    'see `reconciler/core/plan/` and `core/plan` and `ports/forge.ts`',
    'see [the rules](test/house/house.test.ts) and [the web](https://example.com/a/b)',
    'a branch `plumbline/audit/ae`, a folder `.plumbline/zones`, a build `dist/reconciler`',
    'a pattern `reconciler/adapters/<port>/<tech>/` and `test/*.ts`, in the ledger `live/zone/a.yaml`',
    '```\nreconciler/core/no-such-file.ts\n`reconciler/none.ts`\n```',
  ])('accepts %s', (text) => {
    expect(check(text)).toEqual([]);
  });

  it('looks beside the page as well', () => {
    expect(check('see `releases/prod/a.yaml`', 'example-platform-repo/README.md')).toEqual([]);
    expect(check('see `releases/prod/b.yaml`', 'example-platform-repo/README.md')).toHaveLength(1);
  });

  it.each([
    'see `reconciler/core/plan/effects.ts`',
    'see `core/planner/`',
    'see `ports/forges.ts`',
    'see [the rules](test/house/rules.test.ts)',
    'see [the rules](./test/none.ts)',
  ])('refuses %s', (text) => {
    expect(check(text)).toHaveLength(1);
  });
});
