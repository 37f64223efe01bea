import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../../reconciler/adapters/snapshots/memory/read-csv.ts';
import { isCodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import { createCsvScanner } from '../../../runners/materialize/csv-scanner.ts';

type Read = { readonly header: readonly string[]; readonly rows: number } | string;

/** What was read, or why not. */
function scan(chunks: readonly Uint8Array[]): Read {
  try {
    const scanner = createCsvScanner();
    for (const chunk of chunks) scanner.take(chunk);
    return scanner.end();
  } catch (error) {
    if (!isCodedError(error, 'P801')) throw error;
    return error.message;
  }
}

function readPlainly(bytes: Uint8Array): Read {
  try {
    const { header, records } = readCsv(bytes);
    return { header, rows: records.length };
  } catch (error) {
    if (!isCodedError(error, 'P801')) throw error;
    return error.message;
  }
}

const part = fc.constantFrom(
  'a',
  'λ',
  '"',
  '""',
  ',',
  '\n',
  '\r\n',
  '\r',
  ' ',
  '"a,b"',
  '"\n"',
  '\0',
);
const anyText = fc.array(part, { maxLength: 12 }).map((parts) => `h${parts.join('')}`);

describe('the CSV scanner', () => {
  it('reads what a plain reader reads, and refuses what it refuses', () => {
    const law = fc.property(anyText, (text) => {
      const bytes = Buffer.from(text);
      const [ours, theirs] = [scan([bytes]), readPlainly(bytes)];
      expect(typeof ours, `${JSON.stringify(ours)} ${JSON.stringify(theirs)}`).toBe(typeof theirs);
      if (typeof ours !== 'string') expect(ours).toEqual(theirs);
    });
    fc.assert(law, { numRuns: 3_000 });
  });

  it('reads the same however the bytes are cut', () => {
    const law = fc.property(anyText, fc.integer({ min: 1, max: 5 }), (text, size) => {
      const bytes = Buffer.from(text);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      expect(scan(chunks)).toEqual(scan([bytes]));
    });
    fc.assert(law);
  });

  it('refuses what is no UTF-8 at the end of the last chunk', () => {
    expect(scan([Buffer.from('a\n'), Buffer.from([0xce])])).toContain('no UTF-8 text');
  });
});
