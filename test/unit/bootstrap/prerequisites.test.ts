import { describe, expect, it } from 'vitest';
import { findInPath, findNpm } from '../../../reconciler/cli/bootstrap/machine.mjs';
import { judgeAll } from '../../../reconciler/cli/bootstrap/prerequisites.mjs';
import { explainUnloadable } from '../../../reconciler/cli/bootstrap/program.mjs';

const COMPLETE = {
  folder: '/srv/plumbline',
  platform: 'linux',
  nodeVersion: '20.20.2',
  npm: { file: 'npm', prefix: [] },
  gitVersion: 'git version 2.39.5',
  pythons: [{ name: 'python3', version: '3.11', hasVenv: true }],
  linkerCache: 'libgomp.so.1 (libc6)',
  openMpPaths: [],
  isWritable: true,
  freeBytes: null,
  ports: { opened: 3, why: null },
  hasSshKeygen: true,
};

describe('all prerequisites together', () => {
  it('says nothing on a complete machine', () => {
    expect(judgeAll('start', COMPLETE)).toEqual([]);
  });

  it('says everything at once, one line each', () => {
    const bare = { ...COMPLETE, nodeVersion: '16.0.0', gitVersion: null, pythons: [] };
    const lines = judgeAll('start', bare);
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(/^P602 [^\n]+\. Get it: [^\n]+$/);
  });

  it('asks for ssh-keygen only for the tests', () => {
    const bare = { ...COMPLETE, hasSshKeygen: false };
    expect(judgeAll('start', bare)).toEqual([]);
    expect(judgeAll('test', bare)).toHaveLength(1);
  });
});

describe('finding npm', () => {
  it('prefers the npm that called, and is not fooled by another package manager', () => {
    const own = `${process.cwd()}/npm-cli.js`;
    expect(findNpm({ npm_execpath: own, PATH: '' })).toBeNull();
    expect(findNpm({ npm_execpath: '/opt/pnpm/pnpm.cjs', PATH: '' })).toBeNull();
  });

  it('looks through the search path', () => {
    expect(findInPath('sh', '/nowhere:/bin')).toBe('/bin/sh');
    expect(findInPath('no-such-program', '/bin:')).toBeNull();
    expect(findInPath('sh', undefined)).toBeNull();
  });
});

describe('a plumb that cannot be loaded', () => {
  it('says what to run', () => {
    expect(explainUnloadable(true, true)).toBeNull();
    expect(explainUnloadable(false, true)).toContain('not built');
    expect(explainUnloadable(true, false)).toContain('no packages');
  });
});
