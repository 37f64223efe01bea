import { describe, expect, it } from 'vitest';
import { LATENCY_EDGES_MS } from '../../../reconciler/core/contracts/latency-edges.ts';
import { countExceedances } from '../../../reconciler/core/rollout/latency-exceedance.ts';
import { makeArm, makeEpoch, makeLatency } from './rollout-samples.ts';

/** So many requests in each of the first cells. */
const makeArmOf = (...cells: readonly number[]) => {
  const latency = [...cells, ...makeLatency(0)].slice(0, LATENCY_EDGES_MS.length + 1);
  return makeArm(
    cells.reduce((sum, one) => sum + one, 0),
    { latency },
  );
};

describe('slow requests', () => {
  it('are those beyond what a twentieth of the earlier ones took', () => {
    // Exactly a twentieth took 2 ms or more.
    const before = makeEpoch(0, null, makeArmOf(0, 50, 45, 5));
    const now = makeEpoch(0.1, makeArmOf(0, 5, 4, 3, 2), makeArmOf(0, 50, 40, 9, 1));
    expect(countExceedances([before, now])).toEqual({
      pools: [{ weight: 0.1, canary: 5, stable: 10 }],
      cuts: [{ weight: 0.1, fromMs: 2 }],
    });
    const slower = makeEpoch(0, null, makeArmOf(0, 50, 44, 6));
    expect(countExceedances([slower, now]).cuts).toEqual([{ weight: 0.1, fromMs: 5 }]);
  });

  it('are never told by what they are judged in', () => {
    const first = makeEpoch(0.1, makeArmOf(10), makeArmOf(1000));
    const second = (stable: ReturnType<typeof makeArm>) => makeEpoch(0.5, makeArmOf(500), stable);
    for (const stable of [makeArmOf(500), makeArmOf(0, 0, 0, 0, 0, 500)]) {
      expect(countExceedances([first, second(stable)]).cuts).toEqual([
        { weight: 0.1, fromMs: 100 },
        { weight: 0.5, fromMs: 0.5 },
      ]);
    }
  });

  it('are told by all earlier requests, and by a fixed duration while those are few', () => {
    const few = makeEpoch(0, null, makeArmOf(99));
    const now = makeEpoch(0.1, makeArmOf(1), makeArmOf(9));
    expect(countExceedances([few, now]).cuts).toEqual([{ weight: 0.1, fromMs: 100 }]);
    const one = makeEpoch(0, null, makeArmOf(1));
    expect(countExceedances([few, one, now]).cuts).toEqual([{ weight: 0.1, fromMs: 0.5 }]);
  });

  it('have a last cell to be in, also where all are slow', () => {
    const before = makeEpoch(0, null, makeArm(1000, { latency: makeLatency(1000, 13) }));
    const now = makeEpoch(0.1, makeArmOf(10), makeArm(90, { latency: makeLatency(90, 13) }));
    expect(countExceedances([before, now])).toEqual({
      pools: [{ weight: 0.1, canary: 0, stable: 90 }],
      cuts: [{ weight: 0.1, fromMs: 5000 }],
    });
  });
});
