import type { Plant } from './plant.ts';

export const fenceNotRaised: Plant = {
  name: 'fence-not-raised',
  bug: 'a new leader decides while the last message of the old one may still arrive',
  foundBy: ['I-22', 'I-26'],
  withinSeeds: 600,
  // Receivers check epochs, but learn of a new one only when its leader first writes to them.
  wrapKind: (handler) => ({ ...handler, raiseFence: async () => undefined }),
};
