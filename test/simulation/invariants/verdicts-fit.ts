import { findZone } from '../simulated-world.ts';
import type { Invariant } from './invariant.ts';
import { readCanary } from './read-canary.ts';

export const verdictsFit: Invariant = {
  id: 'I-07',
  says: 'a version is promoted or taken back by what was measured of it, and of no other',
  watch: ({ world, reached, violate }) => ({
    onEvent: (event) => {
      if (event.kind !== 'applied') return;
      const { action } = event.effect;
      if (action !== 'rollback' && action !== 'promote') return;
      const canary = readCanary(event.target);
      const serving = findZone(world, event.zone).serving;
      if (canary === null || serving === null) return;
      reached();
      const isBad = serving.bad.has(canary);
      if (action === 'promote' && isBad) violate(`${canary} fails, and is promoted`);
      if (action === 'rollback' && !isBad) violate(`${canary} is good, and is taken back`);
    },
  }),
};
