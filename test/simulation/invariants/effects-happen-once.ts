import { isExecution } from '../world-events.ts';
import type { Invariant } from './invariant.ts';

export const effectsHappenOnce: Invariant = {
  id: 'I-20',
  says: 'an effect id is executed once, whatever crashes and retries',
  watch: ({ reached, violate }) => {
    const executed = new Set<string>();
    return {
      onEvent: (event) => {
        if (event.kind !== 'applied') return;
        reached();
        const { zone, effect, before, after } = event;
        const id = `${zone} ${effect.id}`;
        if (isExecution(event)) {
          if (executed.has(id)) violate(`${effect.action} ${id} was executed again`);
          executed.add(id);
        } else if (JSON.stringify(before) !== JSON.stringify(after)) {
          violate(`repeating ${effect.action} ${id} changed the world`);
        }
      },
    };
  },
};
