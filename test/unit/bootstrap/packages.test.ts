import { describe, expect, it } from 'vitest';
import {
  isHomeUsable,
  isInstalled,
  toNpmArguments,
  toNpmEnvironment,
} from '../../../reconciler/cli/bootstrap/packages.mjs';

type Entry = { readonly version: string; readonly integrity: string; readonly optional?: boolean };

const toLock = (packages: Readonly<Record<string, Entry>>): string =>
  JSON.stringify({ packages: { '': { name: 'plumbline' }, ...packages } });

const YAML = { 'node_modules/yaml': { version: '2.9.1', integrity: 'sha512-a' } };
const OTHER_PLATFORM = {
  'node_modules/binary-win32': { version: '1.0.0', integrity: 'sha512-b', optional: true },
};

describe('whether the packages are installed', () => {
  it('accepts what the lock asks for, other platforms and strangers aside', () => {
    const extra = { 'node_modules/stranger': { version: '1.0.0', integrity: 'sha512-c' } };
    expect(isInstalled(toLock({ ...YAML, ...OTHER_PLATFORM }), toLock(YAML))).toBe(true);
    expect(isInstalled(toLock(YAML), toLock({ ...YAML, ...extra }))).toBe(true);
  });

  it('refuses a missing, a cut off and a broken installation', () => {
    expect(isInstalled(toLock(YAML), null)).toBe(false);
    expect(isInstalled(toLock(YAML), toLock({}))).toBe(false);
    expect(isInstalled(toLock(YAML), '{"pack')).toBe(false);
  });

  it('refuses another version and another content', () => {
    const older = { 'node_modules/yaml': { version: '2.8.0', integrity: 'sha512-a' } };
    const swapped = { 'node_modules/yaml': { version: '2.9.1', integrity: 'sha512-z' } };
    expect(isInstalled(toLock(YAML), toLock(older))).toBe(false);
    expect(isInstalled(toLock(YAML), toLock(swapped))).toBe(false);
  });
});

describe('how npm is called', () => {
  it('keeps the compiler and the binaries whatever the environment says', () => {
    expect(toNpmArguments()).toContain('--include=dev');
    expect(toNpmArguments()).toContain('--include=optional');
  });

  it('puts the cache beside our data only when HOME is of no use', () => {
    expect(toNpmEnvironment({ HOME: '/home/you' }, '/srv/p', true)).toEqual({ HOME: '/home/you' });
    expect(toNpmEnvironment({}, '/srv/p', false)).toEqual({
      npm_config_cache: '/srv/p/.plumbline/npm-cache',
    });
    const chosen = { npm_config_cache: '/var/cache/npm' };
    expect(toNpmEnvironment(chosen, '/srv/p', false)).toEqual(chosen);
  });

  it('has no use for a HOME that is unset or not there', () => {
    expect(isHomeUsable({})).toBe(false);
    expect(isHomeUsable({ HOME: '/nowhere/at/all' })).toBe(false);
    expect(isHomeUsable({ HOME: process.cwd() })).toBe(true);
  });
});
