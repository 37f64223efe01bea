import type { Invariant } from './invariant.ts';

export const epochsNeverFall: Invariant = {
  id: 'I-21',
  says: 'nobody accepts a write with an epoch below the highest it accepted',
  watch: ({ reached, violate }) => {
    const highest = new Map<string, number>();
    return {
      onEvent: (event) => {
        if (event.kind === 'epoch-refused') reached();
        if (event.kind !== 'epoch-accepted') return;
        reached();
        const { zone, by, epoch, what, actor } = event;
        const place = `${zone} ${by}`;
        const seen = highest.get(place) ?? 0;
        if (epoch < seen) {
          violate(`${place} accepted "${what}" of ${actor} under epoch ${epoch} after ${seen}`);
        }
        highest.set(place, Math.max(seen, epoch));
      },
    };
  },
};
