import type { ZoneStore } from '../../../reconciler/ports/store.ts';
import type { Plant, PlantedStoreDeps } from './plant.ts';

/** The store opens whatever it is given, as if no later admission were in force. */
function wrapStore(store: ZoneStore, { tables }: PlantedStoreDeps): ZoneStore {
  const { journal } = store;
  return {
    ...store,
    journal: {
      ...journal,
      openIntent: async (fence, intent) => {
        const { admission } = tables;
        tables.admission = null;
        try {
          return await journal.openIntent(fence, intent);
        } finally {
          tables.admission = admission;
        }
      },
    },
  };
}

export const supersededStarted: Plant = {
  name: 'superseded-started',
  bug: 'an effect starts that was decided before the revision in force was admitted',
  foundBy: ['I-24'],
  wrapStore,
};
