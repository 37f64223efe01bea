import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../../reconciler/core/contracts/base64.ts';
import { decodeUtf8, toByteText } from '../../../reconciler/core/contracts/utf8.ts';

describe('UTF-8', () => {
  const decodeStrictly = (bytes: Uint8Array): string | null => {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return null;
    }
  };

  it('is read as the platform reads it, whatever the bytes', () => {
    const likely = fc.constantFrom(
      0,
      0x25,
      0x7f,
      0x80,
      0xbf,
      0xc0,
      0xc3,
      0xe2,
      0xed,
      0xa0,
      0xf0,
      0xf4,
    );
    const bytes = fc
      .array(fc.oneof(likely, fc.nat({ max: 255 })))
      .map((list) => Uint8Array.from(list));
    const text = fc.string({ unit: 'binary' }).map((value) => new TextEncoder().encode(value));
    fc.assert(
      fc.property(fc.oneof(bytes, text), (input) => {
        expect(decodeUtf8(input)).toBe(decodeStrictly(input));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is read in any length', () => {
    const text = 'ä%1'.repeat(50_000);
    expect(decodeUtf8(new TextEncoder().encode(text))).toBe(text);
    expect(toByteText(Buffer.alloc(100_000, 0xff))).toBe('\u00ff'.repeat(100_000));
  });
});

describe('base64', () => {
  it('is written and read as the platform does it', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = encodeBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64'));
        expect(decodeBase64(text)).toEqual(bytes);
      }),
    );
  });

  it('has one spelling for one value', () => {
    expect(decodeBase64('AA==')).toEqual(Uint8Array.of(0));
    for (const text of [
      'AB==',
      'AA=',
      'AA',
      'A===',
      'AA==AA==',
      'AA==\n',
      ' AA==',
      'AA-_',
      '====',
    ]) {
      expect(decodeBase64(text)).toBeNull();
    }
  });
});
