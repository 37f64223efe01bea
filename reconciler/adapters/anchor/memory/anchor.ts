import { compareCheckpoints } from '../../../core/audit/checkpoint-order.ts';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { Anchor, Checkpoint } from '../../../ports/anchor.ts';

export function createMemoryAnchor(): Anchor {
  const zones = new Map<string, readonly Checkpoint[]>();
  return {
    async append(checkpoint) {
      const kept = zones.get(checkpoint.zone) ?? [];
      const order = compareCheckpoints(kept.at(-1), checkpoint);
      if (typeof order === 'object') throw new CodedError('P410', order.refused);
      if (order === 'newer') zones.set(checkpoint.zone, [...kept, checkpoint]);
    },
    list: async (zone) => zones.get(zone) ?? [],
  };
}
