import { utf8ToBytes } from '@noble/hashes/utils.js';
import { joinBytes } from '../contracts/git-commit.ts';
import { toByteText } from '../contracts/utf8.ts';

/** Bytes with their length in front: what SSH calls a string. */
export function toSshString(value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === 'string' ? utf8ToBytes(value) : value;
  return joinBytes([toUint32(bytes.length), bytes]);
}

export function toUint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** Reads from the front. Every method throws when the bytes end too early. */
export type SshReader = {
  readonly bytes: (length: number) => Uint8Array;
  readonly uint32: () => number;
  readonly string: () => Uint8Array;
  /** A string of ASCII characters. */
  readonly text: () => string;
  /** Throws when anything is left: bytes that nobody reads could hide what was not signed. */
  readonly end: () => void;
};

export function createSshReader(source: Uint8Array): SshReader {
  let at = 0;
  const bytes = (length: number): Uint8Array => {
    if (length > source.length - at) throw new Error('it ends too early');
    at += length;
    return source.subarray(at - length, at);
  };
  const uint32 = (): number => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes(4);
    return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  };
  const string = (): Uint8Array => bytes(uint32());
  return {
    bytes,
    uint32,
    string,
    text() {
      const text = toByteText(string());
      if (!/^[\x20-\x7e]*$/.test(text)) throw new Error('a name in it is not plain text');
      return text;
    },
    end() {
      if (at !== source.length) throw new Error('it has bytes after its end');
    },
  };
}

/** A number that is not negative, without leading zeros; null when it is larger than `maxBytes`. */
export function parseMpint(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const [first = 0, second = 0] = bytes;
  if (bytes.length > 0 && first >= 0x80) throw new Error('a number in it is negative');
  if (first === 0 && bytes.length > 0 && second < 0x80) throw new Error('a number in it is padded');
  const digits = first === 0 ? bytes.subarray(1) : bytes;
  if (digits.length > maxBytes) throw new Error('a number in it is too large');
  return digits;
}
