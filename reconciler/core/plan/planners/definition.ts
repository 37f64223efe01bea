import { describeChanges } from '../describe-changes.ts';
import { planConvergence } from '../plan-convergence.ts';
import type { Planner } from '../planner.ts';

/** Kinds that say rules and nothing else: their effect is that the rules are in force. */
export const planDefinition: Planner = (input) =>
  planConvergence(input, {
    describe: ({ before, after }) =>
      before === null
        ? 'its definition comes into force'
        : `its definition changes: ${describeChanges(before.spec, after.spec)}`,
    removal: () => ({ action: 'delete', reason: 'left Git: its definition is no longer in force' }),
  });
