import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkContract } from '../../../reconciler/core/contracts/parse-contract.ts';
import { createCounterCollector } from '../../../runners/serve/counters.ts';

const VERSION = `sha256:${'a'.repeat(64)}`;
const feature = (edges: readonly number[]) => ({
  name: 'f',
  kind: 'number' as const,
  edges,
  counts: edges.map(() => 0),
  null: 0,
  nonFinite: 0,
});
const PLACE = {
  endpoint: 'payments/fraud',
  version: VERSION,
  routeRevision: 4,
  reference: {
    rows: 10,
    features: [feature([0, 10]), feature([1])],
    score: { edges: [0.5], counts: [5, 5] },
  },
};

describe('what a node counts', () => {
  it('falls into the cells of the reference as computed by hand', () => {
    const collector = createCounterCollector();
    const recorder = collector.createRecorder(PLACE);
    const features = [-1, 1, 0, Number.NaN, 10, Number.POSITIVE_INFINITY];
    recorder.recordAnswer({
      rows: 3,
      features,
      scores: [0.2, 0.5, 0.9],
      threshold: 0.5,
      latencyMs: 1.5,
    });
    recorder.recordError(6000);
    const [entry, ...others] = collector.takeDelta();
    expect(others).toEqual([]);
    expect(entry).toEqual({
      endpoint: 'payments/fraud',
      version: VERSION,
      routeRevision: 4,
      requests: 2,
      rows: 3,
      positives: 2,
      errors: 1,
      features: [
        { counts: [1, 1, 1], null: 0, nonFinite: 0 },
        { counts: [0, 1], null: 1, nonFinite: 1 },
      ],
      score: [1, 2],
      latency: [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    });
    const delta = { v: 1, zone: 'ae', node: 'n', boot: 'b', sequence: 1, entries: [entry] };
    expect(checkContract('CounterDelta', delta).state).toBe('valid');
  });

  it('is in one delta, whole, however often deltas are taken', () => {
    const answers = fc.array(
      fc.record({ rows: fc.integer({ min: 1, max: 4 }), take: fc.boolean() }),
      {
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(answers, (all) => {
        const collector = createCounterCollector();
        const recorders = [collector.createRecorder(PLACE), collector.createRecorder(PLACE)];
        const deltas = all.flatMap(({ rows, take }, index) => {
          const scores = Array<number>(rows).fill(0.7);
          const features = Array<number>(rows * 2).fill(1);
          recorders[index % 2]?.recordAnswer({
            rows,
            features,
            scores,
            threshold: 0.5,
            latencyMs: 1,
          });
          return take ? [collector.takeDelta()] : [];
        });
        const entries = [...deltas, collector.takeDelta()].flat();
        const sum = (read: (entry: (typeof entries)[number]) => number) =>
          entries.reduce((total, entry) => total + read(entry), 0);
        const rows = all.reduce((total, answer) => total + answer.rows, 0);
        expect(sum((entry) => entry.requests)).toBe(all.length);
        for (const read of [
          (entry: (typeof entries)[number]) => entry.rows,
          (entry: (typeof entries)[number]) => entry.positives,
          (entry: (typeof entries)[number]) => entry.score[1] ?? 0,
          (entry: (typeof entries)[number]) => entry.features[0]?.counts[1] ?? 0,
        ]) {
          expect(sum(read)).toBe(rows);
        }
        expect(collector.takeDelta()).toEqual([]);
        for (const delta of deltas) expect(delta.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('goes with a later delta when there is more than one holds', () => {
    const collector = createCounterCollector();
    for (let revision = 0; revision < 1500; revision += 1) {
      collector.createRecorder({ ...PLACE, routeRevision: revision }).recordError(1);
    }
    expect(collector.takeDelta()).toHaveLength(1024);
    expect(collector.takeDelta()).toHaveLength(476);
  });
});
