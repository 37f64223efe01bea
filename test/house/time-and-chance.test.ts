import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { timeAndChance } from './rules/time-and-chance.ts';

const check = (path: string, text: string) => checkFiles(timeAndChance, { [path]: `${text}\n` });

describe('time and chance', () => {
  it.each([
    ['reconciler/adapters/clock/system/a.ts', 'Date.now(); setTimeout(run, 1);'],
    ['reconciler/adapters/randomness/system/a.ts', 'crypto.randomUUID();'],
    ['reconciler/core/a.ts', 'new Date(instant).toISOString(); Date.parse(text); Math.max(1, 2);'],
    ['reconciler/core/a.ts', 'type T = Date; const b = { setTimeout: 1 }; clock.setTimeout();'],
    [
      'reconciler/adapters/git/native/a.ts',
      `import { createHash } from 'node:crypto'; createHash();`,
    ],
    ['test/scenario/a.test.ts', 'setTimeout(run, 1); Date.now();'],
  ])('accepts in %s: %s', (path, text) => {
    expect(check(path, text)).toEqual([]);
  });

  it.each([
    ['reconciler/engine/a.ts', 'Date.now();'],
    ['reconciler/engine/a.ts', 'new Date();'],
    ['reconciler/engine/a.ts', 'Date();'],
    ['reconciler/engine/a.ts', `Date['now']();`],
    ['reconciler/engine/a.ts', 'const { now } = Date;'],
    ['reconciler/engine/a.ts', 'globalThis.Date.now();'],
    ['reconciler/engine/a.ts', 'performance.now();'],
    ['reconciler/main.ts', 'process.hrtime.bigint();'],
    ['reconciler/core/a.ts', 'Math.random();'],
    ['reconciler/core/a.ts', 'const { random } = Math;'],
    ['reconciler/adapters/git/native/a.ts', 'setTimeout(run, 1);'],
    ['reconciler/adapters/git/native/a.ts', 'setInterval(run, 1);'],
    ['reconciler/adapters/git/native/a.ts', 'setImmediate(run);'],
    ['reconciler/adapters/git/native/a.ts', 'run({ signal: AbortSignal.timeout(1) });'],
    ['reconciler/adapters/git/native/a.ts', `import { setTimeout } from 'node:timers/promises';`],
    ['reconciler/adapters/git/native/a.ts', `import { performance } from 'node:perf_hooks';`],
    ['reconciler/adapters/git/native/a.ts', `import { hrtime } from 'node:process';`],
    ['reconciler/adapters/git/native/a.ts', 'crypto.getRandomValues(bytes);'],
    [
      'reconciler/adapters/git/native/a.ts',
      `import { randomBytes } from 'node:crypto'; randomBytes(1);`,
    ],
    ['reconciler/adapters/git/native/a.ts', `import * as c from 'node:crypto'; c.randomUUID();`],
    ['reconciler/cli/bootstrap.mjs', 'Date.now();'],
    ['runners/serve/batch.ts', 'Math.random();'],
    ['test/unit/a.test.ts', 'Date.now();'],
    ['test/scenario/a.test.ts', 'Math.random();'],
  ])('refuses in %s: %s', (path, text) => {
    expect(check(path, text)).toHaveLength(1);
  });
});
