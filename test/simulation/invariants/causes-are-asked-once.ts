import type { Invariant } from './invariant.ts';

export const causesAreAskedOnce: Invariant = {
  id: 'I-33',
  says: 'people are asked once for each cause, whether they merge, close or edit',
  watch: ({ reached, violate }) => {
    const asked = new Set<string>();
    return {
      onEvent: (event) => {
        if (event.kind !== 'pulled' || event.event.type !== 'open') return;
        if (!event.event.by.startsWith('plumbline')) return;
        reached();
        const { branch } = event.event;
        if (asked.has(branch)) violate(`${branch} was proposed a second time`);
        asked.add(branch);
      },
    };
  },
};
