import { describe, expect, it } from 'vitest';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createInlinePolicyEvaluator } from '../../reconciler/adapters/policy-evaluator/inline/policy-evaluator.ts';
import { createWorkerPolicyEvaluator } from '../../reconciler/adapters/policy-evaluator/worker/policy-evaluator.ts';
import { BOMB, BOMB_INPUT, describePolicyEvaluator } from './policy-evaluator.contract.ts';

function createFromSource(program: string) {
  return createWorkerPolicyEvaluator({
    workerUrl: new URL(program, import.meta.url),
    clock: createSystemClock(),
  });
}

describePolicyEvaluator({
  name: 'inline',
  create: createInlinePolicyEvaluator,
  canKill: false,
});

describePolicyEvaluator({
  name: 'worker',
  create: () => createFromSource('../support/policy-worker.mjs'),
  canKill: true,
});

describe('worker policy evaluator', () => {
  it('says so when its worker does not start', async () => {
    const evaluator = createFromSource('./no-such-program.mjs');
    const asked = evaluator.evaluate([{ expression: 'true', input: {} }]);
    await expect(asked).rejects.toMatchObject({ code: 'P303', remedy: 'retry' });
    await evaluator.close();
  });

  it('can be closed in the middle of an expression', async () => {
    const evaluator = createFromSource('../support/policy-worker.mjs');
    const asked = evaluator.evaluate([{ expression: BOMB, input: BOMB_INPUT }]);
    const refused = expect(asked).rejects.toThrow('closed');
    await evaluator.close();
    await refused;
  });
});
