import { describe, expect, it } from 'vitest';
import { measureModel } from '../../../reconciler/core/evaluation/measure-model.ts';

/** Half of them positive; the score is right nine times of ten. */
function makeRows(count: number) {
  const labels = Uint8Array.from({ length: count }, (_, row) => row % 2);
  const scores = Float32Array.from(labels, (label, row) => {
    const isRight = row % 20 < 18;
    return (label === 1) === isRight ? 0.5 + (row % 7) / 20 : 0.4 - (row % 5) / 20;
  });
  return { labels, scores };
}

const everyThird = (count: number) =>
  Array.from({ length: count }, (_, row) => (row % 3 === 0 ? 'b' : 'a'));

describe('the figures of a model', () => {
  it('are all there for all rows, and those of gates and of fairness for each value of a slice', () => {
    const metrics = measureModel(makeRows(300), [{ column: 'group', values: everyThird(300) }]);
    const names = (value: string | null) =>
      metrics.filter(({ slice }) => (slice?.value ?? null) === value).map(({ name }) => name);
    expect(names(null)).toEqual([
      ...['auc', 'average-precision', 'log-loss', 'brier'],
      ...['accuracy', 'precision', 'recall', 'positive-rate'],
    ]);
    for (const value of ['a', 'b']) {
      expect(names(value)).toEqual(names(null).filter((name) => !/log-loss|brier/.test(name)));
    }
    for (const { interval } of metrics) expect(interval).not.toBeNull();
  });

  it('have no interval where a class has fewer than ten rows', () => {
    const rows = makeRows(200);
    const values = Array.from({ length: 200 }, (_, row) => (row < 18 ? 'few' : 'many'));
    const metrics = measureModel(rows, [{ column: 'group', values }]);
    for (const { interval, slice } of metrics) {
      expect(interval === null).toBe(slice?.value === 'few');
    }
  });

  it('are of no group that is a few people', () => {
    const values = Array.from({ length: 200 }, (_, row) => (row < 9 ? 'c-00042' : 'many'));
    const metrics = measureModel(makeRows(200), [{ column: 'customer_id', values }]);
    expect(new Set(metrics.map(({ slice }) => slice?.value))).toEqual(new Set([undefined, 'many']));
  });

  it('leave out what is not defined', () => {
    const negatives = { labels: new Uint8Array(50), scores: new Float32Array(50).fill(0.1) };
    const names = measureModel(negatives, []).map(({ name }) => name);
    expect(names).toEqual(['log-loss', 'brier', 'accuracy', 'positive-rate']);
    expect(measureModel({ labels: new Uint8Array(), scores: new Float32Array() }, [])).toEqual([]);
  });

  it('are surer of each group the more groups are compared', () => {
    const values = Array.from({ length: 400 }, (_, row) => `g${row % 5}`);
    const metrics = measureModel(makeRows(400), [{ column: 'group', values }]);
    const levels = metrics
      .filter(({ slice }) => slice !== null)
      .map(({ interval }) => interval?.level);
    expect(new Set(levels)).toEqual(new Set([0.99]));
  });

  it('stay within what a report holds, for the largest groups', () => {
    const count = 3_000;
    const values = Array.from({ length: count }, (_, row) => (row < 600 ? 'large' : `v${row}`));
    const columns = ['one', 'two', 'three'].map((column) => ({ column, values }));
    const metrics = measureModel(makeRows(count), columns);
    expect(metrics.length).toBeLessThanOrEqual(512);
    for (const { column } of columns) {
      expect(metrics.some(({ slice }) => slice?.column === column && slice.value === 'large')).toBe(
        true,
      );
    }
  });
});
