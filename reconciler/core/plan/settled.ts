import type { Digest } from '../contracts/digest.ts';
import { digestJson } from '../contracts/digest.ts';
import type { NormalForm } from '../contracts/normal-form.ts';
import { directionOf } from './actions.ts';
import type { Recorded } from './planner.ts';

/**
 * Whether the journal says that a resource was made to be as desired. Dependents look at this and
 * not at the world, so that a restart of one resource does not hold up everything that uses it.
 */
export function isSettled(desired: NormalForm, recorded: Recorded): boolean {
  return hasAchieved(recorded, digestJson(desired));
}

/** Whether the last thing that succeeded was making a resource be of this form. */
export function hasAchieved({ achieved }: Recorded, targetDigest: Digest): boolean {
  return (
    achieved !== null &&
    achieved.targetDigest === targetDigest &&
    directionOf(achieved.action) === 'converge'
  );
}

/** Whether the journal says that something is there. */
export function isLive(recorded: Recorded): boolean {
  return recorded.achieved !== null && recorded.achieved.live !== null;
}
