import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';

const MARK = 'PAR1';

/** A Parquet file begins and ends with its mark; one that was cut off lost the second. */
export function createParquetMarks(): {
  readonly take: (chunk: Uint8Array) => void;
  readonly end: () => void;
} {
  let first = '';
  let last = '';
  const toText = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
  return {
    take(chunk) {
      if (first.length < MARK.length) first += toText(chunk.subarray(0, MARK.length));
      last = (last + toText(chunk.subarray(-MARK.length))).slice(-MARK.length);
    },
    end() {
      if (!first.startsWith(MARK)) throw new CodedError('P801', 'the file is no Parquet file');
      if (last !== MARK) throw new CodedError('P801', 'the Parquet file is cut off at its end');
    },
  };
}
