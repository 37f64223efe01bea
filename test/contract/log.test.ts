import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createSimulatedClock } from '../../reconciler/adapters/clock/simulated/clock.ts';
import { createMemoryLog } from '../../reconciler/adapters/log/memory/log.ts';
import { createStreamLog } from '../../reconciler/adapters/log/stream/log.ts';
import type { LogEntry } from '../../reconciler/ports/log.ts';
import { describeLog } from './log.contract.ts';

const clock = createSimulatedClock({ startAt: Date.UTC(2026, 0, 2, 3, 4, 5) });
const ENTRY: LogEntry = { level: 'info', event: 'started', message: 'all is well' };

function createCollector() {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  return { stream, lines: () => chunks.join('').split('\n').slice(0, -1) };
}

for (const format of ['json', 'text'] as const) {
  describeLog(`stream, ${format}`, ({ redact }) => {
    const { stream, lines } = createCollector();
    return { log: createStreamLog({ stream, format, clock, redact }), lines };
  });
}
describeLog('memory', ({ redact }) => {
  const log = createMemoryLog({ clock, redact });
  return { log, lines: log.lines };
});

describe('stream log', () => {
  it('writes JSON that parses back to the entry', () => {
    const { stream, lines } = createCollector();
    const log = createStreamLog({ stream, format: 'json', clock, redact: [] });
    const fields = { path: 'a"b\\c', count: 2, share: 0.5, ok: false, odd: Number.NaN };
    log.write({ ...ENTRY, fields });
    expect(JSON.parse(lines()[0] as string)).toEqual({
      at: '2026-01-02T03:04:05.000Z',
      level: 'info',
      event: 'started',
      message: 'all is well',
      fields: { ...fields, odd: 'NaN' },
    });
  });

  it('marks a line whose fields did not fit', () => {
    const { stream, lines } = createCollector();
    const log = createStreamLog({ stream, format: 'json', clock, redact: [] });
    const fields = Object.fromEntries(
      Array.from({ length: 70 }, (_, n) => [`f${n}`, 'x'.repeat(900)]),
    );
    log.write({ ...ENTRY, fields });
    const parsed = JSON.parse(lines()[0] as string);
    expect(parsed.truncated).toBe(true);
    expect(Object.keys(parsed.fields).length).toBeGreaterThan(10);
  });

  it('writes text that a person reads', () => {
    const { stream, lines } = createCollector();
    const log = createStreamLog({ stream, format: 'text', clock, redact: [] });
    log.write({ ...ENTRY, fields: { zone: 'ae', slots: 2 } });
    expect(lines()).toEqual([
      '2026-01-02T03:04:05.000Z info  started: all is well zone="ae" slots=2',
    ]);
  });

  it('leaves out what is below its level', () => {
    const { stream, lines } = createCollector();
    const log = createStreamLog({
      stream,
      format: 'text',
      clock,
      redact: [],
      minimumLevel: 'warn',
    });
    log.write(ENTRY);
    log.write({ ...ENTRY, level: 'warn' });
    expect(lines()).toHaveLength(1);
  });
});

describe('stream log with a bad stream', () => {
  it('drops lines of a reader that stopped, and says so when it reads again', () => {
    const waiting: (() => void)[] = [];
    const chunks: string[] = [];
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk.toString());
        waiting.push(done);
      },
    });
    const log = createStreamLog({ stream, format: 'json', clock, redact: [] });
    const message = 'x'.repeat(8000);
    for (let n = 0; n < 1000; n += 1) log.write({ ...ENTRY, message });
    expect(stream.writableLength).toBeLessThan(2 ** 20 + 16 * 1024);
    return new Promise<void>((resolve) => {
      const drain = () => {
        const next = waiting.shift();
        if (next === undefined) return resolve();
        next();
        setImmediate(drain);
      };
      drain();
    }).then(() => {
      log.write(ENTRY);
      const notice = chunks.find((chunk) => chunk.includes('log-entries-dropped')) as string;
      expect(JSON.parse(notice).fields.count).toBeGreaterThan(800);
    });
  });

  it('outlives a broken stream', async () => {
    const stream = new Writable({
      write: (_chunk, _encoding, done) => done(new Error('EPIPE')),
    });
    const log = createStreamLog({ stream, format: 'json', clock, redact: [] });
    log.write(ENTRY);
    await new Promise((resolve) => setImmediate(resolve));
    expect(stream.destroyed).toBe(true);
    expect(() => log.write(ENTRY)).not.toThrow();
  });
});
