import type { Planner } from '../planner.ts';
import { planDefinition } from './definition.ts';

const NOT_RUN = 'this version runs no batch predictions';

/** Its definition comes into force, so that the ledger has it; running it is not ours yet. */
export const planBatchPrediction: Planner = (input) => {
  const result = planDefinition(input);
  const isComing = result.effects.length > 0 || result.waiting.length > 0;
  if (input.desired === null || isComing) return result;
  return {
    ...result,
    conditions: [{ type: 'Ready', status: 'False', reason: 'NotRun', message: NOT_RUN }],
  };
};
