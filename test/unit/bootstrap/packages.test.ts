import { describe, expect, it } from 'vitest';
import {
  isInstalled,
  isUsableFolder,
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

  it.each([
    ['HOME', { HOME: '/home/you' }, '/home/you/.npm'],
    ['a choice', { HOME: '/home/you', npm_config_cache: '/var/cache/npm' }, '/var/cache/npm'],
    ['a choice in capitals', { NPM_CONFIG_CACHE: '/var/cache/npm' }, '/var/cache/npm'],
  ])('leaves the cache where %s puts it', (_, environment, cache) => {
    expect(toNpmEnvironment(environment, '/srv/p', () => true)['npm_config_cache']).toBe(cache);
  });

  it.each([
    ['there is no HOME', {}],
    ['HOME cannot be written to', { HOME: '/home/you' }],
    ['npm put it into such a HOME', { HOME: '/home/you', npm_config_cache: '/home/you/.npm' }],
  ])('puts the cache beside our data when %s', (_, environment) => {
    const changed = toNpmEnvironment(environment, '/srv/p', () => false);
    expect(changed['npm_config_cache']).toBe('/srv/p/.plumbline/npm-cache');
    expect(changed['NPM_CONFIG_CACHE']).toBeUndefined();
  });

  it('looks for the nearest folder that exists', () => {
    expect(isUsableFolder(`${process.cwd()}/not/there/yet`)).toBe(true);
    expect(isUsableFolder(`${process.cwd()}/package.json/below`)).toBe(false);
  });
});
