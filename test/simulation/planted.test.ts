import { describe, expect, it } from 'vitest';
import { findPlanted } from './find-planted.ts';
import { PLANTS } from './planted/all.ts';

describe('a planted bug', () => {
  it.each(PLANTS)(
    'is found by the right promise: $bug',
    async (plant) => {
      const finding = await findPlanted(plant, 1);
      expect(finding).toMatchObject({ isFound: true });
      expect(plant.foundBy).toContain(finding.invariant);
    },
    1_200_000,
  );
});
