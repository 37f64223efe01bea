/** The only source of chance. */
export interface Randomness {
  /** Fresh bytes; unpredictable in the real adapter, replayable in the seeded one. */
  bytes(length: number): Uint8Array;
  /** Uniform in [0, 1). */
  fraction(): number;
}
