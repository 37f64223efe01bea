import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCell } from '../../../reconciler/core/contracts/count-cell.ts';
import { fitFeature, fitScore } from '../../../reconciler/core/drift/fit-reference.ts';

const NUMBER = { name: 'amount', kind: 'number', categories: [] } as const;

const toReference = (values: readonly number[]) => fitFeature(NUMBER, Float32Array.from(values));

const anyValues = fc.array(
  fc.oneof(
    fc.float({ noDefaultInfinity: true, noNaN: true }),
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0),
  ),
  { maxLength: 200 },
);

describe('the drift reference of a number', () => {
  it('cuts at tenths of the rows', () => {
    const { edges, counts } = toReference(Array.from({ length: 100 }, (_, row) => row));
    expect(edges).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(counts).toEqual(new Array(10).fill(10));
  });

  it('rounds edges to three digits and counts with what was rounded', () => {
    const { edges, counts } = toReference(Array.from({ length: 100 }, (_, row) => 10_000 + row));
    // All of them are 10,000 or 10,100 then, which divide nothing.
    expect(edges).toEqual([]);
    expect(counts).toEqual([100]);
    const wide = toReference(Array.from({ length: 100 }, (_, row) => 1_234.5 * row));
    for (const edge of wide.edges) expect(edge).toBe(Number(edge.toPrecision(3)));
    expect(wide.counts.reduce((sum, one) => sum + one, 0)).toBe(100);
  });

  it('counts every row once, in cells that are none of them empty', () => {
    fc.assert(
      fc.property(anyValues, (values) => {
        const { edges, counts, null: missing, nonFinite } = toReference(values);
        expect(counts).toHaveLength(edges.length + 1);
        const cells = counts.reduce((sum, one) => sum + one, 0);
        expect(cells + missing + nonFinite).toBe(values.length);
        expect(missing).toBe(values.filter(Number.isNaN).length);
        expect([...edges].sort((left, right) => left - right)).toEqual(edges);
        expect(new Set(edges).size).toBe(edges.length);
        expect(edges.length).toBeLessThanOrEqual(9);
        if (cells > 0) for (const count of counts) expect(count).toBeGreaterThan(0);
        const again = new Array(counts.length).fill(0);
        for (const value of Float32Array.from(values)) {
          if (Number.isFinite(value)) again[findCell(edges, value)] += 1;
        }
        expect(again).toEqual(counts);
        expect(JSON.parse(JSON.stringify(edges))).toEqual(edges);
      }),
    );
  });

  it('does not depend on the order of the rows', () => {
    fc.assert(
      fc.property(anyValues, (values) => {
        expect(toReference([...values].reverse())).toEqual(toReference(values));
      }),
    );
  });

  it('keeps one cell of what is constant, and sees what is rare', () => {
    expect(toReference(new Array(50).fill(7))).toMatchObject({ edges: [], counts: [50] });
    const rare = [...new Array(970).fill(0), ...new Array(30).fill(1)];
    expect(toReference(rare)).toMatchObject({ edges: [1], counts: [970, 30] });
    // So few rows would be recognisable, so they get no cell of their own.
    const single = [...new Array(995).fill(0), ...new Array(5).fill(1)];
    expect(toReference(single)).toMatchObject({ edges: [], counts: [1000] });
  });

  it('holds no row at all when there is none', () => {
    expect(toReference([])).toMatchObject({ edges: [], counts: [0], null: 0, nonFinite: 0 });
  });
});

describe('the drift reference of a category', () => {
  it('has a cell for what is unknown, and one for each position', () => {
    const feature = {
      name: 'channel',
      kind: 'category',
      categories: ['web', 'app', 'shop'],
    } as const;
    const values = Float32Array.of(-1, 0, 0, 1, 2, 2, 2, Number.NaN);
    expect(fitFeature(feature, values)).toEqual({
      name: 'channel',
      kind: 'category',
      edges: [0, 1, 2],
      counts: [1, 2, 1, 3],
      null: 1,
      nonFinite: 0,
    });
  });

  it('stays within what a manifest holds', () => {
    const categories = Array.from({ length: 1024 }, (_, position) => String(position));
    const { edges, counts } = fitFeature(
      { name: 'shop', kind: 'category', categories },
      Float32Array.from({ length: 1024 }, (_, position) => position),
    );
    expect(edges).toHaveLength(255);
    expect(counts.at(-1)).toBe(1024 - 254);
  });
});

it('the drift reference of the scores has cells of about as many rows', () => {
  const scores = Float32Array.from({ length: 1000 }, (_, row) => (row / 1000) ** 2);
  const { edges, counts } = fitScore(scores);
  expect(edges).toHaveLength(9);
  for (const count of counts) expect(Math.abs(count - 100)).toBeLessThan(10);
});
