import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactSecrets, toFailureText } from '../../../reconciler/core/runs/failure-text.ts';
import { parseProgress } from '../../../reconciler/core/runs/progress.ts';
import { watchStall } from '../../../reconciler/core/runs/watch-stall.ts';

describe('progress lines', () => {
  it('shows the newest whole line that says something', () => {
    const lines = ['{"step":1}', '{"step":2,"progressPercentage":7}', 'x', '{}', '[]', 'null'];
    expect(parseProgress(`${lines.join('\n')}\n{"step":3}`)).toEqual({ step: 2, percent: 7 });
    expect(parseProgress('{"step":3}\n')).toEqual({ step: 3, percent: null });
    expect(parseProgress('')).toBeNull();
  });

  it('passes over a line that is too long, and numbers that are none', () => {
    const long = JSON.stringify({ step: 9, metrics: 'x'.repeat(4096) });
    expect(parseProgress(`{"step":4}\n${long}\n{"step":-1}\n{"step":1.5}\n`)).toEqual({
      step: 4,
      percent: null,
    });
    expect(parseProgress('{"progressPercentage":1e9}\n')).toEqual({ step: null, percent: 100 });
  });

  it('makes sense or nothing of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.json(), (noise, json) => {
        const seen = parseProgress(`${noise}\n${json}\n${noise}`);
        const percent = seen?.percent ?? 0;
        expect(percent >= 0 && percent <= 100).toBe(true);
        expect(Number.isSafeInteger(seen?.step ?? 0)).toBe(true);
      }),
    );
  });
});

describe('the text of a failure', () => {
  it('is one line of at most 1,024 characters, or nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 4000 }), (raw) => {
        const text = toFailureText(raw);
        if (text === null) return;
        expect([...text].length).toBeLessThanOrEqual(1024);
        expect(text).not.toMatch(/\p{Cc}/u);
      }),
    );
    expect(toFailureText(' \n\t ')).toBeNull();
    expect([...(toFailureText('🜂'.repeat(3000)) ?? '')]).toHaveLength(1024);
  });

  it.each([
    ['password=hunter2', 'password=[redacted]'],
    ['{"api_key": "hunter2", "depth": 3}', '{"api_key": "[redacted]", "depth": 3}'],
    ['Authorization: Bearer abcdef0123.hunter2', 'Authorization: Bearer [redacted]'],
    ['postgres://ana:hunter2@db.example/zone', 'postgres://[redacted]@db.example/zone'],
    ['-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY----- end', '[redacted] end'],
    ['learning rate 0.1 at step 7', 'learning rate 0.1 at step 7'],
  ])('says no secret: %j', (raw, expected) => {
    expect(redactSecrets(raw)).toBe(expected);
  });
});

describe('the watch for a stall', () => {
  const STILL = { progressBytes: 5, checkpointMark: 7, cpuMs: 1000 };
  const look = (now: number, changes: object = {}) => ({
    now,
    signs: { ...STILL, ...changes },
    stallAfterMs: 10_000,
  });

  it('ends in a stall when nothing moves', () => {
    const { watch } = watchStall(null, look(0));
    expect(watchStall(watch, look(9_999)).isStalled).toBe(false);
    expect(watchStall(watch, look(10_000)).isStalled).toBe(true);
    // What an idle runtime uses is no sign of life.
    expect(watchStall(watch, look(10_000, { cpuMs: 1090 })).isStalled).toBe(true);
  });

  it.each([{ progressBytes: 6 }, { checkpointMark: 8 }, { cpuMs: 1200 }, { cpuMs: null }])(
    'starts anew at %o',
    (changes) => {
      const { watch } = watchStall(null, look(0));
      const seen = watchStall(watch, look(10_000, changes));
      expect(seen).toMatchObject({ isStalled: false, watch: { since: 10_000 } });
    },
  );
});
