import type { Planner } from '../planner.ts';
import { planDefinition } from './definition.ts';

const NOT_RUN = 'this version runs no batch predictions';

/** Its definition comes into force, so that the ledger has it; running it is not ours yet. */
export const planBatchPrediction: Planner = (input) => {
  const result = planDefinition(input);
  if (input.desired === null || result.effects.length > 0) return result;
  return {
    ...result,
    conditions: [{ type: 'Ready', status: 'False', reason: 'NotRun', message: NOT_RUN }],
  };
};
