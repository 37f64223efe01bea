import { toRefKey } from '../../../reconciler/core/contracts/ref.ts';
import { findZone } from '../simulated-world.ts';
import { isExecution } from '../world-events.ts';
import type { Invariant } from './invariant.ts';

export const desiredNeverRewinds: Invariant = {
  id: 'I-24',
  says: 'a later desired state is never overwritten by an earlier one, forced pushes included',
  watch: ({ world, reached, violate }) => {
    const newest = new Map<string, number>();
    return {
      onEvent: async (event) => {
        if (event.kind === 'admitted') {
          reached();
          const { previous, admission, zone } = event;
          if (admission.sequence !== (previous?.sequence ?? 0) + 1) {
            violate(`admission ${admission.sequence} of ${zone} does not follow its predecessor`);
          }
          if (previous === null) return;
          if (await world.git.isAncestor(previous.revision, admission.revision)) return;
          violate(`${zone} went from ${previous.revision} back or aside to ${admission.revision}`);
        }
        if (event.kind === 'intent-opened' && event.isNew) {
          const { admission } = findZone(world, event.zone).tables;
          const { admissionSequence, effect } = event.intent;
          if (admissionSequence === admission?.sequence) return;
          violate(
            `${toRefKey(effect.ref)} starts under admission ${admissionSequence}, not the latest`,
          );
        }
        if (event.kind === 'applied' && isExecution(event)) {
          reached();
          const place = `${event.zone} ${toRefKey(event.effect.ref)}`;
          const intent = findZone(world, event.zone).tables.intents.get(event.effect.id);
          const sequence = intent?.admissionSequence ?? 0;
          if (sequence < (newest.get(place) ?? 0)) {
            violate(`${place} was made by admission ${sequence} after ${newest.get(place)}`);
          }
          newest.set(place, sequence);
        }
      },
    };
  },
};
