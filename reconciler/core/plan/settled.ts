import { digestJson } from '../contracts/digest.ts';
import type { NormalForm } from '../contracts/normal-form.ts';
import { directionOf } from './actions.ts';
import type { Recorded } from './planner.ts';

/**
 * Whether the journal says that a resource was made to be as desired. Dependents look at this and
 * not at the world, so that a restart of one resource does not hold up everything that uses it.
 */
export function isSettled(desired: NormalForm, recorded: Recorded): boolean {
  const achieved = recorded.achieved;
  return (
    achieved !== null &&
    directionOf(achieved.action) === 'converge' &&
    achieved.targetDigest === digestJson(desired)
  );
}

/** Whether the journal says that something is there. */
export function isLive(recorded: Recorded): boolean {
  return recorded.achieved !== null && recorded.achieved.live !== null;
}
