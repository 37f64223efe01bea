import { toTypedSpec } from '../../spec/typed-spec.ts';
import { planConvergence } from '../plan-convergence.ts';
import type { Planner } from '../planner.ts';
import { toRetirement } from './removal-words.ts';

/** A program that trains, with the environment that it needs. */
export const planTrainer: Planner = (input) =>
  planConvergence(input, {
    describe: ({ after }) =>
      `sets up the environment of ${toTypedSpec(after, 'Trainer').bundled}, which takes a minute the first time`,
    removal: toRetirement('its environment stays'),
  });
