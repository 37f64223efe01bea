import { randomBytes } from 'node:crypto';
import type { Randomness } from '../../../ports/randomness.ts';

/** The operating system's generator: fit for keys and tokens. */
export function createSystemRandomness(): Randomness {
  return {
    bytes: (length) => new Uint8Array(randomBytes(length)),
    fraction() {
      const bytes = randomBytes(8);
      // 53 random bits: as many as a number holds exactly.
      return ((bytes.readUInt32BE(0) >>> 5) * 2 ** 26 + (bytes.readUInt32BE(4) >>> 6)) / 2 ** 53;
    },
  };
}
