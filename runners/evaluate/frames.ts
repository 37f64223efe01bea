import type { Writable } from 'node:stream';

/** What the two processes hand each other: a kind and bytes. */
export type Frame = { readonly kind: number; readonly payload: Uint8Array };

/** From the one that asks. */
export const ASK = { describe: 1, load: 2, score: 3, repeat: 4 } as const;

/** From the one that scores. */
export const ANSWER = { done: 0, failed: 1 } as const;

/** The payload's length, little-endian, and the kind. */
const HEADER_BYTES = 5;

export function writeFrame(stream: Writable, { kind, payload }: Frame): void {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(payload.length, 0);
  header.writeUInt8(kind, 4);
  stream.write(header);
  if (payload.length > 0) stream.write(payload);
}

/** Puts frames together from pieces of any size; throws when one is announced as too large. */
export function createFrameReader(maxBytes: number): (piece: Uint8Array) => readonly Frame[] {
  let pieces: Uint8Array[] = [];
  let length = 0;
  let wanted = HEADER_BYTES;
  return (piece) => {
    pieces.push(piece);
    length += piece.length;
    const frames: Frame[] = [];
    while (length >= wanted) {
      const whole = Buffer.concat(pieces);
      const payloadBytes = whole.readUInt32LE(0);
      if (payloadBytes > maxBytes) throw new RangeError(`a frame of ${payloadBytes} bytes`);
      wanted = HEADER_BYTES + payloadBytes;
      pieces = [whole];
      if (length < wanted) break;
      // A copy: numbers of four bytes may only be looked at where a multiple of four begins.
      const payload = new Uint8Array(whole.subarray(HEADER_BYTES, wanted));
      frames.push({ kind: whole.readUInt8(4), payload });
      pieces = [whole.subarray(wanted)];
      length -= wanted;
      wanted = HEADER_BYTES;
    }
    return frames;
  };
}

export function toBytes(numbers: Float32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** The payload of a frame of ours, which begins where a buffer begins. */
export function toFloats(payload: Uint8Array): Float32Array {
  return new Float32Array(payload.buffer, payload.byteOffset, Math.floor(payload.length / 4));
}
