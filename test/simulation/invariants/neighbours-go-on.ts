import type { Invariant } from './invariant.ts';

/** Codes that a single file, resource or executor may cause. The store and Git concern everybody. */
const OF_ONE_RESOURCE = /^P(1\d\d|2\d\d|3\d\d|406|606)\b/;

export const neighboursGoOn: Invariant = {
  id: 'I-25',
  says: 'what is wrong with one resource never stops the others',
  watch: ({ reached, violate }) => ({
    onEvent: (event) => {
      if (event.kind === 'phase' && event.phase === 'one-hangs') reached();
      if (event.kind !== 'logged' || event.entry.event !== 'term-ended') return;
      reached();
      const { message } = event.entry;
      if (OF_ONE_RESOURCE.test(message)) violate(`a term of ${event.zone} ended by: ${message}`);
    },
  }),
};
