import type { Plant } from './plant.ts';

/** Far above every revision of a small world. */
const ANY_REVISION = 1_000_000;

export const weightBeforeReadiness: Plant = {
  name: 'weight-before-readiness',
  bug: 'a version gets traffic before nodes have said that they loaded it',
  foundBy: ['I-03'],
  wrapServing: (ports) => ({
    ...ports,
    routes: {
      ...ports.routes,
      listAcknowledgements: async () => {
        const { endpoints } = await ports.routes.read();
        const loaded = endpoints.flatMap(({ versions }) => versions.map(({ version }) => version));
        const word = { v: 1, zone: ports.zone, node: `serve-${ports.zone}`, boot: 'any' } as const;
        return [{ ...word, revision: ANY_REVISION, loaded, failed: [] }];
      },
    },
  }),
};
