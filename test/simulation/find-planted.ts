import { createParseOnce } from './parse-once.ts';
import type { Plant } from './planted/plant.ts';
import { simulateSeed } from './simulate-seed.ts';

/** A bug that needs more seeds than this to be found is as good as not found. */
const MAX_SEEDS = 200;

export type PlantedFinding = {
  readonly planted: string;
  readonly bug: string;
  readonly isFound: boolean;
  /** How many seeds it took. */
  readonly seeds: number;
  readonly seed: number | null;
  readonly invariant: string | null;
  readonly message: string | null;
};

/** Goes through seeds until an invariant that is right to find the bug finds it. */
export async function findPlanted(plant: Plant, firstSeed: number): Promise<PlantedFinding> {
  const { name: planted, bug, foundBy, withinSeeds = MAX_SEEDS } = plant;
  const parse = createParseOnce();
  for (let seeds = 1; seeds <= withinSeeds; seeds += 1) {
    const seed = firstSeed + seeds - 1;
    const { violation } = await simulateSeed({ seed, plant, parse });
    if (violation === null) continue;
    const { invariant, message } = violation;
    const isFound = foundBy.includes(invariant);
    return { planted, bug, isFound, seeds, seed, invariant, message };
  }
  const nothing = { seed: null, invariant: null, message: null };
  return { planted, bug, isFound: false, seeds: withinSeeds, ...nothing };
}
