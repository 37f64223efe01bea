import type { Randomness } from '../../reconciler/ports/randomness.ts';

/** Draws from one stream; each is a single draw, so that streams stay easy to follow. */
export function drawChance(randomness: Randomness, probability: number): boolean {
  return randomness.fraction() < probability;
}

export function drawBetween(randomness: Randomness, low: number, high: number): number {
  return low + (high - low) * randomness.fraction();
}

/** A whole number from `low` to `high`, both included. */
export function drawInteger(randomness: Randomness, low: number, high: number): number {
  return low + Math.floor((high - low + 1) * randomness.fraction());
}

export function drawOne<T>(randomness: Randomness, choices: readonly T[]): T {
  const choice = choices[Math.floor(choices.length * randomness.fraction())];
  if (choice === undefined) throw new Error('nothing to draw from');
  return choice;
}
