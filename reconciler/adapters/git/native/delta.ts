/** The largest copy that the oldest readers of this format understand. */
const MAX_COPY_BYTES = 0x10000;
const MAX_INSERT_BYTES = 127;

/**
 * `target` as instructions over `base`: what stands at the start and at the end of both is copied,
 * the middle is spelled out. The new version of a folder differs from the old one in one line, so
 * this is all that is gained by a real search for matches. Null when it would not be shorter.
 */
export function encodeDelta(base: Uint8Array, target: Uint8Array): Buffer | null {
  const shorter = Math.min(base.length, target.length);
  let prefix = 0;
  while (prefix < shorter && base[prefix] === target[prefix]) prefix += 1;
  let suffix = 0;
  const room = shorter - prefix;
  while (suffix < room && base[base.length - 1 - suffix] === target[target.length - 1 - suffix]) {
    suffix += 1;
  }
  if (prefix + suffix < target.length / 2) return null;
  const middle = target.subarray(prefix, target.length - suffix);
  return Buffer.concat([
    encodeSize(base.length),
    encodeSize(target.length),
    ...encodeCopies(0, prefix),
    ...encodeInserts(middle),
    ...encodeCopies(base.length - suffix, suffix),
  ]);
}

function encodeSize(size: number): Buffer {
  const bytes: number[] = [];
  let rest = size;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

function encodeCopies(offset: number, length: number): Buffer[] {
  const copies: Buffer[] = [];
  for (let done = 0; done < length; done += MAX_COPY_BYTES) {
    copies.push(encodeCopy(offset + done, Math.min(length - done, MAX_COPY_BYTES)));
  }
  return copies;
}

/** Bytes of zero are left out and marked so in the first byte; a length of zero means 65,536. */
function encodeCopy(offset: number, length: number): Buffer {
  const bytes = [0];
  let present = 0x80;
  for (let at = 0; at < 4; at += 1) {
    const byte = (offset >>> (8 * at)) & 0xff;
    if (byte !== 0) {
      bytes.push(byte);
      present |= 1 << at;
    }
  }
  for (let at = 0; at < 2; at += 1) {
    const byte = (length >>> (8 * at)) & 0xff;
    if (byte !== 0) {
      bytes.push(byte);
      present |= 0x10 << at;
    }
  }
  bytes[0] = present;
  return Buffer.from(bytes);
}

function encodeInserts(bytes: Uint8Array): Uint8Array[] {
  const inserts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += MAX_INSERT_BYTES) {
    const part = bytes.subarray(at, at + MAX_INSERT_BYTES);
    inserts.push(Uint8Array.of(part.length), part);
  }
  return inserts;
}
