import { createCelCache, evaluateCel } from '../../../core/policy/evaluate-cel.ts';
import type { PolicyEvaluator } from '../../../ports/policy-evaluator.ts';

const MAX_PROGRAMS = 1024;

/**
 * Evaluates where it is called, with only resolved promises: for simulations and for tests of
 * trusted policies. It cannot stop an expression that does not end, so it is no place for any
 * other.
 */
export function createInlinePolicyEvaluator(): PolicyEvaluator {
  const cache = createCelCache(MAX_PROGRAMS);
  let isClosed = false;
  return {
    async evaluate(questions) {
      if (isClosed) throw new Error('the policy evaluator is closed');
      return questions.map(({ expression, input }) => evaluateCel(cache.get(expression), input));
    },
    async close() {
      isClosed = true;
    },
  };
}
