import { toTypedSpec } from '../../spec/typed-spec.ts';
import { planConvergence } from '../plan-convergence.ts';
import type { Planner } from '../planner.ts';
import { toRetirement } from './removal-words.ts';

/** A place for data; made-up data is made again when it is not there any more. */
export const planConnection: Planner = (input) =>
  planConvergence(input, {
    describe: ({ after }) => {
      const { type, synthetic } = toTypedSpec(after, 'Connection');
      if (synthetic === undefined) return `opens a ${type} for files`;
      return `makes up the data of the scenario ${synthetic.scenario}, seed ${synthetic.seed}`;
    },
    removal: toRetirement('its files stay'),
  });
