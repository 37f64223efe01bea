import { toRefKey } from '../../../reconciler/core/contracts/ref.ts';
import type { KindHandler } from '../../../reconciler/ports/kind-handler.ts';
import type { Observation } from '../../../reconciler/ports/receiver.ts';
import type { Plant } from './plant.ts';

/** Looks only every second time, and otherwise says again what was there before. */
function wrapKind(handler: KindHandler): KindHandler {
  const kept = new Map<string, Observation>();
  return {
    ...handler,
    observe: async (ref) => {
      const key = toRefKey(ref);
      const before = kept.get(key);
      kept.delete(key);
      if (before !== undefined) return before;
      const observation = await handler.observe(ref);
      kept.set(key, observation);
      return observation;
    },
  };
}

export const observationKept: Plant = {
  name: 'observation-kept',
  bug: 'decisions rest on an observation that is older than our own last write',
  foundBy: ['I-22'],
  wrapKind,
};
