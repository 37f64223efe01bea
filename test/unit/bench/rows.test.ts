import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, percentile } from '../../bench/bench.ts';
import { BENCHES } from '../../bench/benches.ts';
import { describeMachine, toRow, toTable } from '../../bench/rows.ts';

const PLACE = { bench: 'audit', case: 'append', seed: 1 };
const FIGURE = { metric: 'per_second', value: 1234.5678, baseline: 2000, n: 64 } as const;

describe('a row', () => {
  it('has the fields that comparisons over years rely on', () => {
    expect(toRow(FIGURE, PLACE, 'a machine')).toEqual({
      bench: 'audit',
      case: 'append',
      metric: 'per_second',
      value: 1235,
      unit: '1/s',
      baseline: 2000,
      ratio: 0.6173,
      n: 64,
      seed: 1,
      machine: 'a machine',
    });
  });

  it('has no ratio to what was not measured, or was nothing', () => {
    for (const baseline of [null, 0]) {
      const row = toRow({ ...FIGURE, baseline }, PLACE, 'a machine');
      expect([row.baseline, row.ratio]).toEqual([baseline, null]);
    }
  });

  it('names a machine by what makes it fast', () => {
    expect(describeMachine()).toMatch(/^\d+ × .+, \d+ GiB, .+, Node v\d+/);
  });
});

describe('the table', () => {
  it('aligns its columns and says seed and machine once', () => {
    const rows = [
      toRow(FIGURE, PLACE, 'a machine'),
      toRow({ ...FIGURE, metric: 'p99_ms', value: 7, baseline: null }, PLACE, 'a machine'),
    ];
    expect(toTable(rows).split('\n')).toEqual([
      'bench  case    metric      value  unit  baseline   ratio   n',
      'audit  append  per_second   1235  1/s       2000  0.6173  64',
      'audit  append  p99_ms          7  ms           –       –  64',
      '',
      'seed 1; a machine',
    ]);
  });
});

describe('percentiles', () => {
  it('are values that were measured, with at most that share below', () => {
    const values = fc.array(fc.double({ noNaN: true }), { minLength: 1 });
    const law = fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
      const found = percentile(all, share);
      expect(all).toContain(found);
      expect(all.filter((value) => value < found).length).toBeLessThanOrEqual(share * all.length);
    });
    fc.assert(law);
  });

  it('take the lower middle as the median, and refuse to speak of nothing', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([5])]).toEqual([2, 2, 5]);
    expect(() => median([])).toThrow('percentile of nothing');
  });
});

describe('the benches', () => {
  it('have names of their own, and so have the cases of each', () => {
    for (const names of [
      BENCHES.map(({ name }) => name),
      ...BENCHES.map(({ cases }) => cases.map(({ name }) => name)),
    ]) {
      expect(names.length).toBeGreaterThan(0);
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    }
  });
});
