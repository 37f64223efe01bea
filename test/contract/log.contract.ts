import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Log, LogEntry } from '../../reconciler/ports/log.ts';
import { Secret } from '../../reconciler/ports/secrets.ts';

export type LogUnderTest = {
  readonly log: Log;
  /** What was written so far, split at line ends. */
  readonly lines: () => readonly string[];
};

const ENTRY: LogEntry = { level: 'info', event: 'effect-succeeded', message: 'the slot is there' };
// biome-ignore lint/suspicious/noControlCharactersInRegex: that none is left is the contract
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/;

export function describeLog(
  name: string,
  create: (options: { readonly redact: readonly Secret[] }) => LogUnderTest,
): void {
  describe(`log: ${name}`, () => {
    const writeOne = (entry: LogEntry, redact: readonly Secret[] = []): string => {
      const { log, lines } = create({ redact });
      log.write(entry);
      expect(lines()).toHaveLength(1);
      return lines()[0] as string;
    };

    it('writes one line per entry, in order, with everything it was told', () => {
      const { log, lines } = create({ redact: [] });
      log.write({ ...ENTRY, fields: { zone: 'ae', slots: 3, isNew: true } });
      log.write({ ...ENTRY, event: 'lease-lost', level: 'error' });
      expect(lines()).toHaveLength(2);
      for (const word of ['info', 'effect-succeeded', 'the slot is there', 'zone', 'ae', 'true']) {
        expect(lines()[0]).toContain(word);
      }
      expect(lines()[1]).toContain('lease-lost');
    });

    it('keeps a forged line inside its own line', () => {
      const line = writeOne({
        ...ENTRY,
        message: 'ok\n{"level":"error"}\r\u001b[2J\u2028\u202etxt.exe',
        fields: { 'a\nb': 'c\nd', bell: '\u0007\u0085' },
      });
      expect(line).not.toMatch(CONTROL);
      expect(line).toContain('\\u001b[2J');
    });

    it('replaces known secrets wherever they stand and however they are spelled', () => {
      const value = 'p@ss"w/rd&%1';
      const line = writeOne(
        {
          level: 'warn',
          event: `failed-${value}`,
          message: `connect postgres://u:${encodeURIComponent(value)}@h/ and ${JSON.stringify(value)}`,
          fields: { [value]: 'x', url: encodeURI(value), raw: `${value}${value}`, pin: 40_213 },
        },
        [new Secret(value), new Secret('40213'), new Secret('')],
      );
      expect(line).not.toContain('p@ss');
      expect(line).not.toContain('p%40ss');
      expect(line).not.toContain('40213');
      expect(line).toContain('[secret][secret]');
    });

    it('replaces a secret before cutting the line, and the longer of two that overlap', () => {
      const secret = 's3cr3t-s3cr3t-s3cr3t';
      const line = writeOne(
        { ...ENTRY, message: `${'x'.repeat(8185)}${secret}`, fields: { at: `${secret}-long` } },
        [new Secret(secret), new Secret(`${secret}-long`)],
      );
      expect(line).not.toContain('s3cr');
      expect(line).not.toContain('-long');
    });

    it('replaces a secret that became known after the log was made', () => {
      const redact: Secret[] = [];
      const { log, lines } = create({ redact });
      redact.push(new Secret('late-secret'));
      log.write({ ...ENTRY, message: 'late-secret' });
      expect(lines()[0]).toContain('[secret]');
    });

    it('bounds every line, whatever it is told, and never throws', () => {
      const text = fc.string({ unit: 'binary', maxLength: 9000 });
      const value = fc.oneof(text, fc.double(), fc.boolean());
      const fields = fc.dictionary(text, value, { maxKeys: 80 });
      fc.assert(
        fc.property(text, text, fields, (event, message, someFields) => {
          const line = writeOne({ level: 'debug', event, message, fields: someFields });
          expect(Buffer.byteLength(line)).toBeLessThanOrEqual(16 * 1024);
          expect(line).not.toMatch(CONTROL);
        }),
        { numRuns: 60 },
      );
    });

    it('survives an entry that breaks the types', () => {
      const { log, lines } = create({ redact: [] });
      const broken = { level: 'info', event: null, message: { toString: null } };
      expect(() => log.write(broken as unknown as LogEntry)).not.toThrow();
      log.write(ENTRY);
      expect(lines().at(-1)).toContain('effect-succeeded');
    });
  });
}
