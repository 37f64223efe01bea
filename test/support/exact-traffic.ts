import type { RouteTable } from '../../reconciler/core/contracts/generated/route-table.generated.ts';
import { LATENCY_EDGES_MS } from '../../reconciler/core/contracts/latency-edges.ts';

/** What a node counts in a second, by version: requests, and how many fail or decide positively. */
export type Behaviour = {
  readonly failures: number;
  readonly positives: number;
  /** The share of rows in the upper cell of the first feature; half of them in training. */
  readonly upper?: number;
};

const GOOD: Behaviour = { failures: 0, positives: 0.1 };
const REQUESTS_A_SECOND = 200;

/** What a node counts in a second under these routes. */
export function toTrafficEntries(
  { revision, endpoints }: RouteTable,
  behaviour: ReadonlyMap<string, Behaviour>,
  take: ReturnType<typeof createDivider>,
) {
  return endpoints.flatMap(({ endpoint, versions }) =>
    versions.map(({ version, percent }) => {
      const { failures, positives, upper = 0.5 } = behaviour.get(version) ?? GOOD;
      const requests = take(`${version} requests`, (REQUESTS_A_SECOND * percent) / 100);
      const split = (key: string, share: number) => {
        const above = Math.min(requests, take(`${version} ${key}`, requests * share));
        return { counts: [requests - above, above], null: 0, nonFinite: 0 };
      };
      return {
        ...{ endpoint, version, routeRevision: revision, requests, rows: requests },
        positives: Math.min(requests, take(`${version} positives`, requests * positives)),
        errors: Math.min(requests, take(`${version} failures`, requests * failures)),
        features: [split('a', upper), split('b', 0.5)],
        score: split('score', 0.5).counts,
        latency: [requests, ...new Array<number>(LATENCY_CELLS - 1).fill(0)],
      };
    }),
  );
}

/** Whole numbers of a share; what is owed of it is part of the next. */
export function createDivider(): (key: string, amount: number) => number {
  const owed = new Map<string, number>();
  return (key, amount) => {
    const sum = (owed.get(key) ?? 0) + amount;
    const whole = Math.floor(sum + 1e-9);
    owed.set(key, sum - whole);
    return whole;
  };
}

const LATENCY_CELLS = LATENCY_EDGES_MS.length + 1;
