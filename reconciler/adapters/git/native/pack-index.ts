import { createHash } from 'node:crypto';
import type { PackEntry, PackFile } from './pack-file.ts';

const FANOUT_ENTRIES = 256;

/** The index of a pack, version 2: without it Git does not see the pack. */
export function encodePackIndex(pack: PackFile): Buffer {
  const sorted = [...pack.entries].sort((left, right) => (left.oid < right.oid ? -1 : 1));
  const body = Buffer.concat([
    Buffer.from('\xfftOc\0\0\0\u0002', 'latin1'),
    encodeFanout(sorted),
    Buffer.from(sorted.map((entry) => entry.oid).join(''), 'hex'),
    encodeNumbers(sorted.map((entry) => entry.checksum)),
    encodeNumbers(sorted.map((entry) => entry.offset)),
    pack.checksum,
  ]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

/** For each first byte, how many oids start with it or a lower one. */
function encodeFanout(sorted: readonly PackEntry[]): Buffer {
  const counts = new Array<number>(FANOUT_ENTRIES).fill(0);
  for (const { oid } of sorted) {
    const first = Number.parseInt(oid.slice(0, 2), 16);
    counts[first] = (counts[first] as number) + 1;
  }
  let total = 0;
  return encodeNumbers(
    counts.map((count) => {
      total += count;
      return total;
    }),
  );
}

function encodeNumbers(numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4);
  numbers.forEach((number, index) => {
    bytes.writeUInt32BE(number, index * 4);
  });
  return bytes;
}
