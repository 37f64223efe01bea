import type { Plant } from './plant.ts';

export const verdictForAnother: Plant = {
  name: 'verdict-for-another',
  bug: 'a version is judged by how often the other one failed',
  foundBy: ['I-07'],
  wrapServing: (ports) => ({
    ...ports,
    counters: {
      ...ports.counters,
      readTotals: async (endpoint) => {
        const totals = await ports.counters.readTotals(endpoint);
        return totals.map((entry) => {
          const { routeRevision, version, requests } = entry;
          const other = totals.find(
            (one) => one.routeRevision === routeRevision && one.version !== version,
          );
          if (other === undefined || other.requests === 0) return entry;
          return { ...entry, errors: Math.floor((requests * other.errors) / other.requests) };
        });
      },
    },
  }),
};
