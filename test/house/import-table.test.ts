import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { importTable } from './rules/import-table.ts';

const MANIFEST = JSON.stringify({
  dependencies: { yaml: '2.9.1', pg: '8.23.1', zod: '4.6.7' },
  devDependencies: { vitest: '4.1.11' },
});

const check = (path: string, line: string) =>
  checkFiles(importTable, { 'package.json': MANIFEST, [path]: `${line}\n` }).join();

describe('the import table: what is allowed', () => {
  it.each([
    ['reconciler/core/spec/a.ts', `import { b } from '../plan/b.ts';`],
    ['reconciler/core/spec/a.ts', `import { parseDocument } from 'yaml';`],
    ['reconciler/ports/a.ts', `import type { B } from '../core/plan/b.ts';`],
    ['reconciler/adapters/store/postgres/a.ts', `import { Pool } from 'pg';`],
    ['reconciler/adapters/store/postgres/a.ts', `import { b } from './b.ts';`],
    ['reconciler/adapters/store/postgres/a.ts', `import { b } from '../../../core/b.ts';`],
    ['reconciler/adapters/store/postgres/a.ts', `import { b } from '../../../machine/b.ts';`],
    ['reconciler/machine/a.ts', `import { open } from 'node:fs/promises';`],
    ['runners/serve/batch.ts', `import { b } from '../../reconciler/machine/b.ts';`],
    [
      'reconciler/kinds/target/observe.ts',
      `import type { Executor } from '../../ports/executor.ts';`,
    ],
    ['reconciler/kinds/target/observe.ts', `import { b } from '../receiver-handler.ts';`],
    ['reconciler/engine/queue.ts', `import assert from 'node:assert/strict';`],
    ['reconciler/servers/api.ts', `import { b } from '../engine/b.ts';`],
    ['reconciler/servers/api.ts', `import { createServer } from 'node:http';`],
    ['reconciler/cli/plan.ts', `import { parseArgs } from 'node:util';`],
    ['reconciler/main.ts', `const { b } = await import('./adapters/store/postgres/b.ts');`],
    ['reconciler/main.ts', `import type { B } from './adapters/store/postgres/b.ts';`],
    ['reconciler/cli/bootstrap.mjs', `import fs from 'node:fs';`],
    ['runners/serve/main.ts', `import { b } from '../../reconciler/adapters/clock/system/b.ts';`],
    ['runners/serve/batch.ts', `import { b } from '../../reconciler/core/b.ts';`],
    ['test/unit/a.test.ts', `import { b } from '../../reconciler/engine/b.ts';`],
    ['test/unit/a.test.ts', `import { it } from 'vitest';`],
  ])('%s: %s', (path, line) => {
    expect(check(path, line)).toBe('');
  });
});

describe('the import table: what is refused', () => {
  it.each([
    ['reconciler/core/a.ts', `import { b } from '../ports/b.ts';`, 'core may not import ports'],
    [
      'reconciler/core/a.ts',
      `import type { B } from '../engine/b.ts';`,
      'core may not import engine',
    ],
    ['reconciler/core/a.ts', `import { readFile } from 'node:fs/promises';`, 'node:fs/promises'],
    ['reconciler/core/a.ts', `import { Pool } from 'pg';`, 'the package pg is not for this folder'],
    ['reconciler/ports/a.ts', `import { b } from '../core/b.ts';`, 'use `import type`'],
    [
      'reconciler/ports/a.ts',
      `import type { B } from '../engine/b.ts';`,
      'ports may not import engine',
    ],
    [
      'reconciler/adapters/store/postgres/a.ts',
      `import { b } from '../memory/b.ts';`,
      'an adapter never imports another',
    ],
    [
      'reconciler/adapters/store/postgres/a.ts',
      `import { b } from '../../git/native/b.ts';`,
      'an adapter never imports another',
    ],
    [
      'reconciler/adapters/store/postgres/a.ts',
      `import { b } from '../../../engine/b.ts';`,
      'adapters may not import engine',
    ],
    ['reconciler/adapters/store/a.ts', `import { b } from '../../core/b.ts';`, 'outside may not'],
    [
      'reconciler/kinds/target/perform.ts',
      `import { b } from '../zone/b.ts';`,
      'kinds may not import kinds',
    ],
    ['reconciler/kinds/a.ts', `import { b } from './zone/b.ts';`, 'kinds may not import kinds'],
    [
      'reconciler/kinds/target/a.ts',
      `import { b } from '../../engine/b.ts';`,
      'through ports alone',
    ],
    ['reconciler/engine/a.ts', `import { b } from '../kinds/target/b.ts';`, 'knows no kind'],
    ['reconciler/engine/a.ts', `await import('../adapters/git/native/b.ts');`, 'knows no kind'],
    ['reconciler/servers/a.ts', `import { readFile } from 'node:fs/promises';`, 'ask a port'],
    ['reconciler/servers/a.ts', `import { b } from '../cli/b.ts';`, 'servers may not import cli'],
    ['reconciler/cli/a.ts', `import { spawn } from 'node:child_process';`, 'ask a port'],
    ['reconciler/dashboard/a.ts', `import { b } from '../core/b.ts';`, 'use `import type`'],
    [
      'reconciler/dashboard/a.ts',
      `import type { B } from '../ports/b.ts';`,
      'only the types of core',
    ],
    ['reconciler/main.ts', `import { b } from './adapters/git/native/b.ts';`, 'await import()'],
    ['reconciler/main.ts', `import { b } from '../runners/serve/b.ts';`, 'a program of its own'],
    ['reconciler/cli/bootstrap.mjs', `import { parse } from 'yaml';`, 'not for this folder'],
    [
      'runners/serve/batch.ts',
      `import { b } from '../train/b.ts';`,
      'runner may not import runner',
    ],
    ['reconciler/machine/a.ts', `import { b } from '../ports/clock.ts';`, 'machine may not'],
    [
      'reconciler/engine/a.ts',
      `import { b } from '../machine/b.ts';`,
      'engine may not import machine',
    ],
    ['reconciler/cli/a.ts', `import { b } from '../machine/b.ts';`, 'cli may not import machine'],
    [
      'runners/serve/batch.ts',
      `import { b } from '../../reconciler/adapters/clock/system/b.ts';`,
      'runner may not import adapters',
    ],
    [
      'runners/serve/main.ts',
      `import { b } from '../../reconciler/engine/b.ts';`,
      'runner-main may not import engine',
    ],
    [
      'spec-schemas/generate.ts',
      `import { b } from '../reconciler/engine/b.ts';`,
      'know only core',
    ],
    [
      'reconciler/engine/a.ts',
      `import { b } from '../../test/support/b.ts';`,
      'may not import test',
    ],
    ['reconciler/engine/a.ts', 'const name = 1; await import(name);', 'a computed import'],
    ['reconciler/adapters/log/lines/a.ts', `import { it } from 'vitest';`, 'no dependency'],
    ['test/unit/a.test.ts', `import { b } from 'left-pad';`, 'left-pad is not in package.json'],
  ])('%s: %s', (path, line, message) => {
    expect(check(path, line)).toContain(message);
  });
});
