const CHUNK = 8192;

/**
 * Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. Gives the text, or the
 * offset of the first byte that is wrong. Core has no TextDecoder, and that of the platform
 * would hide a byte order mark.
 */
export function decodeUtf8(
  bytes: Uint8Array,
): { readonly text: string } | { readonly wrongAt: number } {
  const parts: string[] = [];
  const units: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at] as number;
    const length = first < 0x80 ? 1 : countBytes(bytes, at);
    if (length === 0) return { wrongAt: at };
    const point = first < 0x80 ? first : readCodePoint(bytes, at, length);
    if (point < 0x10000) units.push(point);
    else units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff));
    at += length;
    if (units.length >= CHUNK) parts.push(String.fromCharCode(...units.splice(0)));
  }
  parts.push(String.fromCharCode(...units));
  return { text: parts.join('') };
}

/** How many bytes the sequence at `at` has, 0 when it is none; table 3-7 of the Unicode standard. */
function countBytes(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  const second = bytes[at + 1] ?? 0;
  const length =
    first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : isFour(first) ? 4 : 0;
  for (let offset = 1; offset < length; offset += 1) {
    if (((bytes[at + offset] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second > 0x9f) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  if (first === 0xf4 && second > 0x8f) return 0;
  return length;
}

function isFour(first: number): boolean {
  return first >= 0xf0 && first <= 0xf4;
}

function readCodePoint(bytes: Uint8Array, at: number, length: number): number {
  let point = (bytes[at] as number) & (0xff >> (length + 1));
  for (let offset = 1; offset < length; offset += 1) {
    point = (point << 6) | ((bytes[at + offset] as number) & 0x3f);
  }
  return point;
}
