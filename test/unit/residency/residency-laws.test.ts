import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefused } from '../../../reconciler/core/residency/solve-residency.ts';
import { anyLineage, listCrossings, listRefused, withoutResource } from './any-lineage.ts';
import { searchPaths } from './search-paths.ts';

const RUNS = { numRuns: 300 };

describe('where data may go', () => {
  it('is what a search along every single way finds', () => {
    fc.assert(
      fc.property(anyLineage, (resources) => {
        expect(listRefused(resources)).toEqual(searchPaths(resources));
      }),
      RUNS,
    );
  });

  it('is refused no less often when something is added; only a Zone can allow more', () => {
    fc.assert(
      fc.property(anyLineage, fc.nat(), (resources, dice) => {
        const less = listRefused(withoutResource(resources, dice));
        const all = listRefused(resources);
        expect(all).toEqual(expect.arrayContaining([...less]));
      }),
      RUNS,
    );
  });

  it('meets both refused and allowed flows, so that these laws say something', () => {
    const worlds = fc.sample(anyLineage, { seed: 1, numRuns: 300 });
    const crossings = worlds.flatMap(listCrossings);
    const refused = crossings.filter(isRefused);
    expect(refused.length).toBeGreaterThan(500);
    expect(crossings.length - refused.length).toBeGreaterThan(100);
  });
});
