import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withRuntimeGuard } from './runtime-guard.ts';

const FORBIDDEN: readonly (readonly [name: string, touch: () => unknown])[] = [
  ['Date.now', () => Date.now()],
  ['new Date', () => new Date()],
  ['Math.random', () => Math.random()],
  ['performance.now', () => performance.now()],
  ['setTimeout', () => setTimeout(() => undefined, 0)],
  ['setImmediate', () => setImmediate(() => undefined)],
  ['fetch', () => fetch('http://127.0.0.1:1')],
  ['randomBytes', () => randomBytes(1)],
  ['crypto.randomUUID', () => crypto.randomUUID()],
  ['readFileSync', () => readFileSync('/etc/hostname')],
];

describe('the runtime guard', () => {
  it.each(FORBIDDEN)('keeps a simulation from %s', async (_name, touch) => {
    await withRuntimeGuard(async () => {
      expect(touch).toThrow('out of reach in a simulation');
    });
  });

  it('lets a given instant be written as a date', async () => {
    await withRuntimeGuard(async () => {
      expect(new Date(0).toISOString()).toBe('1970-01-01T00:00:00.000Z');
    });
  });

  it('gives everything back, also after a failure', async () => {
    const failing = withRuntimeGuard(async () => {
      throw new Error('it failed');
    });
    await expect(failing).rejects.toThrow('it failed');
    for (const touch of [Date.now, Math.random, performance.now.bind(performance)]) {
      expect(touch()).toBeGreaterThanOrEqual(0);
    }
    expect(new Date()).toBeInstanceOf(Date);
    expect(readFileSync('/dev/null', 'utf8')).toBe('');
  });
});
