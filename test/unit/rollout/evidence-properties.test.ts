import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LATENCY_EDGES_MS } from '../../../reconciler/core/contracts/latency-edges.ts';
import { addArms } from '../../../reconciler/core/rollout/compose-epochs.ts';
import { judgeRollout } from '../../../reconciler/core/rollout/judge-rollout.ts';
import { measureRollout } from '../../../reconciler/core/rollout/measure-rollout.ts';
import type { ArmCounts, WeightEpoch } from '../../../reconciler/core/rollout/weight-epoch.ts';
import { makeArm, makeEpoch, makeSpec } from './rollout-samples.ts';

const SPEC = makeSpec({ margin: 1.25 });
const LOOK = { now: 1, startedAt: 0, latched: null } as const;

const anyCells = fc.array(fc.nat(500), {
  minLength: LATENCY_EDGES_MS.length + 1,
  maxLength: LATENCY_EDGES_MS.length + 1,
});

const anyArm: fc.Arbitrary<ArmCounts> = fc
  .record({
    failures: fc.nat(60),
    answered: fc.nat(20_000),
    positives: fc.nat(1000),
    negatives: fc.nat(20_000),
    latency: anyCells,
  })
  .map(({ failures, answered, positives, negatives, latency }) => ({
    requests: failures + answered,
    failures,
    rows: positives + negatives,
    positives,
    latency,
  }));

const anyWeight = fc.constantFrom(0, 0.05, 0.1, 0.25, 0.5, 1);

const anyEpoch: fc.Arbitrary<WeightEpoch> = fc.record({
  weight: anyWeight,
  canary: fc.option(anyArm, { freq: 10 }),
  stable: fc.option(anyArm, { freq: 10 }),
});

const anyEpochs = fc.array(anyEpoch, { maxLength: 6 });

/** Cuts each count in two, at the same part of it. */
function splitArm(arm: ArmCounts, part: number): readonly [ArmCounts, ArmCounts] {
  const cut = (count: number) => Math.floor(count * part);
  const some = {
    requests: cut(arm.requests),
    failures: cut(arm.failures),
    rows: cut(arm.rows),
    positives: arm.positives === null ? null : cut(arm.positives),
    latency: arm.latency?.map(cut) ?? null,
  };
  const rest = {
    requests: arm.requests - some.requests,
    failures: arm.failures - some.failures,
    rows: arm.rows - some.rows,
    positives: arm.positives === null ? null : arm.positives - (some.positives ?? 0),
    latency: arm.latency?.map((count, at) => count - (some.latency?.[at] ?? 0)) ?? null,
  };
  return [some, rest];
}

describe('a look', () => {
  it('is not moved by an epoch without counts', () => {
    fc.assert(
      fc.property(anyEpochs, anyWeight, fc.nat(6), (epochs, weight, at) => {
        const empty = makeEpoch(weight, makeArm(0), makeArm(0));
        const more = [...epochs.slice(0, at), empty, ...epochs.slice(at)];
        expect(judgeRollout(SPEC, more, LOOK)).toEqual(judgeRollout(SPEC, epochs, LOOK));
      }),
    );
  });

  it('is not moved by cutting an epoch in two at one weight', () => {
    fc.assert(
      fc.property(anyEpochs, fc.nat(5), fc.double({ min: 0, max: 1, noNaN: true }), (...given) => {
        const [epochs, at, part] = given;
        const halves = epochs.flatMap((epoch, index): readonly WeightEpoch[] => {
          const { weight, canary, stable } = epoch;
          if (index !== at || canary === null || stable === null) return [epoch];
          const canaries = splitArm(canary, part);
          const stables = splitArm(stable, part);
          return [0, 1].map((half) => ({
            weight,
            canary: canaries[half] ?? null,
            stable: stables[half] ?? null,
          }));
        });
        expect(judgeRollout(SPEC, halves, LOOK)).toEqual(judgeRollout(SPEC, epochs, LOOK));
      }),
    );
  });

  it('is not moved by the order in which nodes are summed', () => {
    const anyNodes = fc.array(fc.tuple(anyArm, anyArm), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        anyNodes.chain((nodes) =>
          fc.tuple(
            fc.constant(nodes),
            fc.shuffledSubarray(nodes, { minLength: nodes.length, maxLength: nodes.length }),
          ),
        ),
        ([nodes, shuffled]) => {
          const [one, other] = [nodes, shuffled].map((list) => {
            const canary = list.map(([arm]) => arm).reduce(addArms);
            const stable = list.map(([, arm]) => arm).reduce(addArms);
            const epochs = [makeEpoch(0.1, canary, stable)];
            return JSON.stringify(judgeRollout(SPEC, epochs, LOOK));
          });
          expect(other).toBe(one);
        },
      ),
    );
  });

  it('does not tell failures apart by when they came', () => {
    fc.assert(
      fc.property(anyEpochs, (epochs) => {
        const [failures] = measureRollout(SPEC, epochs).guardrails;
        const [backwards] = measureRollout(SPEC, [...epochs].reverse()).guardrails;
        expect(backwards).toEqual(failures);
      }),
    );
  });

  it('has numbers in its evidence that a record can hold', () => {
    fc.assert(
      fc.property(anyEpochs, (epochs) => {
        const evidence = measureRollout(SPEC, epochs);
        const read: unknown = JSON.parse(JSON.stringify(evidence));
        expect(read).toEqual(evidence);
      }),
    );
  });

  it('finds more failures of the canary never to be less evidence against it', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(2000), anyWeight, (failures, stable, weight) => {
        const [less = 0, more = 0] = [failures, failures + 1].map((count) => {
          const canary = makeArm(1000, { failures: count });
          const epoch = makeEpoch(weight, canary, makeArm(5000, { failures: stable }));
          return measureRollout(SPEC, [epoch]).guardrails[0]?.more.lnE;
        });
        expect(more).toBeGreaterThanOrEqual(less);
      }),
    );
  });
});
