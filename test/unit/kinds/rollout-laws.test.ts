import { describe, expect, it } from 'vitest';
import type { Plant } from './model-zone.ts';
import { liveThrough } from './rollout-world.ts';

const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);

describe('rollouts in whatever weather', () => {
  it.each(SEEDS)('keep their laws with the seed %i', async (seed) => {
    expect(await liveThrough(seed)).toEqual([]);
  });
});

const ALL_CONFIRMED: Plant = (ports) => ({
  ...ports,
  routes: {
    ...ports.routes,
    listAcknowledgements: async () => {
      const { endpoints } = await ports.routes.read();
      const loaded = endpoints.flatMap(({ versions }) => versions.map(({ version }) => version));
      const word = { v: 1, zone: 'ae', node: 'serve-ae', boot: 'one', failed: [] } as const;
      return [{ ...word, revision: 1_000_000, loaded }];
    },
  },
});

const SOME_LEFT: Plant = (ports) => {
  let served: readonly { readonly version: string; readonly percent: number }[] = [];
  return {
    ...ports,
    routes: {
      ...ports.routes,
      putVersions: (fence, endpoint, versions) => {
        const gone = served.find(({ version }) => version !== versions?.[0]?.version);
        const isGoneBack = versions?.length === 1 && served.length === 2 && gone !== undefined;
        const [kept] = versions ?? [];
        served = versions ?? [];
        if (!isGoneBack || kept === undefined) {
          return ports.routes.putVersions(fence, endpoint, versions);
        }
        const left = [
          { ...kept, percent: 95 },
          { ...gone, percent: 5 },
        ];
        return ports.routes.putVersions(fence, endpoint, left);
      },
    },
  };
};

const NOTHING_ASKED: Plant = (ports) => ({
  ...ports,
  proposals: { ...ports.proposals, stateOf: async () => null },
});

const COUNTED_FOR_ANOTHER: Plant = (ports) => ({
  ...ports,
  counters: {
    ...ports.counters,
    readTotals: async (endpoint) => {
      const totals = await ports.counters.readTotals(endpoint);
      const [one, other] = [...new Set(totals.map(({ version }) => version))];
      const swap = (version: string) => (version === one ? (other ?? version) : (one ?? version));
      return totals.map((entry) => ({ ...entry, version: swap(entry.version) }));
    },
  },
});

describe('a mistake that is put in', () => {
  it.each([
    ['weights before readiness', ALL_CONFIRMED],
    ['a rollback that stops at 5 %', SOME_LEFT],
    ['a second pull request for one cause', NOTHING_ASKED],
    ['a verdict for another version', COUNTED_FOR_ANOTHER],
  ])('is found: %s', async (_name, plant) => {
    for (const seed of SEEDS) if ((await liveThrough(seed, plant)).length > 0) return;
    expect.unreachable('no seed finds it');
  });
});
