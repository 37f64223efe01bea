import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { machineNames } from './rules/machine-names.ts';

/** Spelled in halves, so that this file keeps the rule. */
const HOST = ['registry.npm', 'js.org'].join('');
const FOLDER = ['', 'work', 'main'].join('/');

describe('machine names', () => {
  it.each([
    ['a registry in a lock', 'package-lock.json', `"resolved": "https://mirror.example/yaml.tgz"`],
    ['a registry in a setting', '.npmrc', 'registry = https://mirror.example/'],
    ['a password in a setting', '.npmrc', '//mirror.example/:_authToken=secret'],
    ['a registry by name', 'README.md', `see ${HOST}`],
    ['a folder of one machine', 'README.md', `run it in ${FOLDER}/`],
    ['a home folder', 'test/unit/a.json', `"${['', 'home', 'jane'].join('/')}/plumbline"`],
  ])('refuses %s', (_, path, text) => {
    expect(checkFiles(machineNames, { [path]: `${text}\n` })).toHaveLength(1);
  });

  it('accepts a lock without hosts and an OCI registry of an example', () => {
    const files = {
      'package-lock.json': '{ "node_modules/yaml": { "version": "2.9.1" } }\n',
      'README.md': 'push to `registry.example/models`\n',
    };
    expect(checkFiles(machineNames, files)).toEqual([]);
  });
});
