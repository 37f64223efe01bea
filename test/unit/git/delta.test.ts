import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeDelta } from '../../../reconciler/adapters/git/native/delta.ts';

/** The reader of Git's documentation, written for being read. */
function applyDelta(base: Uint8Array, delta: Uint8Array): Buffer {
  let at = 0;
  const readByte = (): number => delta[at++] ?? Number.NaN;
  const readSize = (): number => {
    let [size, scale, byte] = [0, 1, 0x80];
    while (byte >= 0x80) {
      byte = readByte();
      size += (byte % 0x80) * scale;
      scale *= 0x80;
    }
    return size;
  };
  const readParts = (flags: number, count: number): number => {
    let value = 0;
    for (let part = 0; part < count; part += 1) {
      if ((flags >> part) % 2 === 1) value += readByte() * 256 ** part;
    }
    return value;
  };
  expect(readSize()).toBe(base.length);
  const targetSize = readSize();
  const parts: Uint8Array[] = [];
  while (at < delta.length) {
    const instruction = readByte();
    if (instruction < 0x80) {
      expect(instruction).toBeGreaterThan(0);
      parts.push(delta.subarray(at, at + instruction));
      at += instruction;
      continue;
    }
    const offset = readParts(instruction, 4);
    const size = readParts(instruction >> 4, 3) || 0x10000;
    expect(offset + size).toBeLessThanOrEqual(base.length);
    parts.push(base.subarray(offset, offset + size));
  }
  const target = Buffer.concat(parts);
  expect(target.length).toBe(targetSize);
  return target;
}

describe('deltas', () => {
  it('give the target back', () => {
    const part = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(part, part, part, part, (start, before, after, end) => {
        const base = Buffer.concat([start, before, end]);
        const target = Buffer.concat([start, after, end]);
        const delta = encodeDelta(base, target);
        if (delta !== null) expect(applyDelta(base, delta).equals(target)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([0x10000 - 1, 0x10000, 0x10000 + 1, 300_000])('copy %i bytes and more', (length) => {
    const kept = Buffer.alloc(length, 'abc');
    const base = Buffer.concat([kept, Buffer.from('old'), kept]);
    const target = Buffer.concat([kept, Buffer.alloc(200, 'new'), kept]);
    const delta = encodeDelta(base, target) as Buffer;
    expect(delta.length).toBeLessThan(400);
    expect(applyDelta(base, delta).equals(target)).toBe(true);
  });

  it('are not made of what has little in common', () => {
    expect(encodeDelta(Buffer.from('abcdef'), Buffer.from('uvwxyz'))).toBeNull();
  });
});
