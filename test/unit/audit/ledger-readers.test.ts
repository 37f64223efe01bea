import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCommitMessage } from '../../../reconciler/core/audit/commit-message.ts';
import { createEarliestTime } from '../../../reconciler/core/audit/earliest-time.ts';
import { parseRecord } from '../../../reconciler/core/audit/parse-record.ts';
import { parseTrailers } from '../../../reconciler/core/audit/parse-trailers.ts';
import { sealNext, sealRecords } from '../../support/ledger-builder.ts';

describe('trailers', () => {
  it('are read from every message that the ledger writes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.integer({ min: 1, max: 1e9 }),
        (reason, seq) => {
          const sealed = sealNext(null, { seq, at: '2026-01-01T00:00:00.000Z' });
          const { record, digest } = sealed;
          expect(parseTrailers(formatCommitMessage(sealed, reason))).toEqual({
            seq,
            effect: record.effectId,
            record: digest,
            cause: record.cause.revision,
          });
        },
      ),
    );
  });

  const [sealed = sealNext(null)] = sealRecords(1);
  const message = formatCommitMessage(sealed, 'because');

  it('may be joined by others', () => {
    expect(parseTrailers(`${message}Signed-off-by: A Person <a@b>\n`)).not.toBeNull();
  });

  it.each([
    ['nothing', ''],
    ['a subject alone', 'Say it\n'],
    ['no subject', `\n${message}`],
    ['a body', message.replace('\n\n', '\n\nA body\n\n')],
    ['a second subject line', message.replace('\n', '\nmore\n')],
    ['one missing', message.replace(/Plumbline-Cause.*\n/, '')],
    ['one twice', `${message}Plumbline-Seq: 1\n`],
    ['another spelling of one', message.replace('Plumbline-Seq', 'plumbline-seq')],
    ['a number with a zero', message.replace('Seq: 1', 'Seq: 01')],
    ['no number', message.replace('Seq: 1', 'Seq: 1e3')],
    ['a number beyond counting', message.replace('Seq: 1', 'Seq: 9999999999999999')],
    ['a short digest', message.replace(/(Record: sha256:.*)./, '$1')],
    ['white space', message.replace('Seq: 1', 'Seq:  1')],
    ['carriage returns', message.replaceAll('\n', '\r\n')],
    ['two ends', `${message}\n`],
  ])('are not read with %s', (_, text) => {
    expect(parseTrailers(text)).toBeNull();
  });
});

describe('records', () => {
  it('are read as they were sealed', () => {
    for (const { record, text, digest } of sealRecords(3)) {
      const { seq, zone, effectId, epoch, prev } = record;
      const [revision, at] = [record.cause.revision, Date.parse(record.at)];
      expect(parseRecord(text)).toEqual({ digest, seq, zone, effectId, epoch, prev, revision, at });
    }
  });

  it('are not read in any other spelling, or when they are something else', () => {
    const { text } = sealNext(null);
    const others = [
      '',
      'null',
      '[]',
      '{}',
      ` ${text}`,
      `${text}\n`,
      text.replace('"v":1', '"v":1.0'),
    ];
    others.push('['.repeat(500_000), text.replace('"v":1', '"v":2'), 'x'.repeat(2 ** 21));
    for (const other of others) expect(parseRecord(other)).toEqual(expect.any(String));
  });

  it.each(['seq', 'zone', 'effectId', 'cause', 'epoch', 'prev', 'at'])(
    'are not read with something else for %s',
    (field) => {
      const { text } = sealNext(null);
      for (const value of ['"x"', '-1', 'true', '{}']) {
        if (field === 'zone' && value === '"x"') continue;
        const changed = text.replace(
          new RegExp(`"${field}":("[^"]*"|[^{,}]+|{[^}]*})`),
          `"${field}":${value}`,
        );
        expect(changed).not.toBe(text);
        expect(parseRecord(changed)).toEqual(expect.any(String));
      }
    },
  );
});

describe('the earliest time of a record', () => {
  it('is its own, or that of the last checkpoint before it', () => {
    const checkpoints = fc
      .array(fc.record({ seq: fc.nat(20), at: fc.nat(100) }))
      .map((list) => list.sort((left, right) => left.seq - right.seq));
    fc.assert(
      fc.property(checkpoints, fc.nat(25), fc.nat(100), (list, seq, at) => {
        const before = list.filter((checkpoint) => checkpoint.seq < seq).map((one) => one.at);
        expect(createEarliestTime(list)({ seq, at })).toBe(Math.max(at, ...before));
      }),
    );
  });
});
