import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { lockFile } from './rules/lock-file.ts';

const check = (packages: object) =>
  checkFiles(lockFile, { 'package-lock.json': JSON.stringify({ packages }) });

describe('the lock file', () => {
  it('accepts packages that are nested or hoisted', () => {
    const packages = {
      '': { dependencies: { a: '1.0.0' } },
      'node_modules/a': { dependencies: { b: '1.0.0', '@c/d': '1.0.0' } },
      'node_modules/a/node_modules/b': { dependencies: { '@c/d': '1.0.0' } },
      'node_modules/@c/d': {},
    };
    expect(check(packages)).toEqual([]);
  });

  it('refuses a lock that has no entry for another platform', () => {
    const packages = {
      '': { dependencies: { a: '1.0.0' } },
      'node_modules/a': { optionalDependencies: { 'a-linux': '1.0.0', 'a-darwin': '1.0.0' } },
      'node_modules/a-linux': {},
    };
    expect(check(packages).join()).toContain('a-darwin, which node_modules/a needs, has no entry');
  });

  it('refuses a clone without one', () => {
    expect(checkFiles(lockFile, {})).toEqual(['package-lock.json:1 is missing']);
  });
});
