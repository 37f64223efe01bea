import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeEpochs } from '../../../reconciler/core/rollout/compose-epochs.ts';
import { makeEntry, toVersion } from '../../support/counter-samples.ts';
import { makeLatency } from './rollout-samples.ts';

const STABLE = toVersion('a');
const CANARY = toVersion('b');
const STAGES = [
  { fromRevision: 5, percent: 0 },
  { fromRevision: 7, percent: 5 },
  { fromRevision: 9, percent: 50 },
];

const makeCounts = (version: string, routeRevision: number, requests: number) =>
  makeEntry({
    version,
    routeRevision,
    requests,
    errors: 1,
    rows: requests - 1,
    positives: 1,
    latency: makeLatency(requests),
  });

const TOTALS = [
  makeCounts(STABLE, 2, 1000),
  // It served long ago, and again to load it.
  makeCounts(CANARY, 1, 77),
  makeCounts(STABLE, 6, 100),
  makeCounts(STABLE, 7, 190),
  makeCounts(CANARY, 7, 10),
  makeCounts(STABLE, 8, 95),
  makeCounts(CANARY, 8, 5),
  makeCounts(CANARY, 12, 400),
  makeCounts(toVersion('c'), 8, 33),
];

const compose = (totals: typeof TOTALS | null) =>
  composeEpochs({ totals, stages: STAGES, canary: CANARY, stable: STABLE });

describe('the epochs of a rollout', () => {
  it('are counted by the revision that assigned a request', () => {
    const seen = compose(TOTALS).map(({ weight, canary, stable }) => [
      weight,
      canary?.requests,
      stable?.requests,
    ]);
    expect(seen).toEqual([
      [0, 0, 1000],
      [0, 0, 100],
      [0.05, 15, 285],
      [0.5, 400, 0],
    ]);
    const [, , five] = compose(TOTALS);
    expect(five?.stable).toEqual({
      requests: 285,
      failures: 2,
      rows: 283,
      positives: 2,
      latency: makeLatency(285),
    });
  });

  it('do not depend on the order of what is summed', () => {
    const anyOrder = fc.shuffledSubarray(TOTALS, { minLength: TOTALS.length });
    fc.assert(
      fc.property(anyOrder, (totals) => {
        expect(compose([...totals])).toEqual(compose(TOTALS));
      }),
    );
  });

  it('are unknown where nothing could be read', () => {
    for (const { canary, stable } of compose(null)) expect([canary, stable]).toEqual([null, null]);
  });

  it('do not take cells that are none of latency for some', () => {
    const odd = [makeEntry({ version: CANARY, routeRevision: 7, latency: [3] })];
    expect(compose(odd)[2]?.canary?.latency).toBeNull();
    expect(compose(odd)[2]?.stable?.latency).toEqual(makeLatency(0));
  });
});
