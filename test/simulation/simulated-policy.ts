import { createInlinePolicyEvaluator } from '../../reconciler/adapters/policy-evaluator/inline/policy-evaluator.ts';
import { createMemoryPolicyLibrary } from '../../reconciler/adapters/policy-library/memory/policy-library.ts';
import { createPolicyGate } from '../../reconciler/engine/create-policy-gate.ts';
import type { PolicyGate } from '../../reconciler/engine/policy-gate.ts';
import type { PolicyEvaluator } from '../../reconciler/ports/policy-evaluator.ts';
import type { Gate, PortCall } from './gate.ts';

/** More slots than this are refused; people of the simulation ask for them now and then. */
export const MAX_SLOTS = 8;

/** One policy, so that a judgement costs little; the real packs have their own tests. */
const SLOTS_BOUNDED = `apiVersion: plumbline.dev/v1alpha1
kind: Policy
metadata: { name: slots-bounded }
spec:
  match: { kinds: [Target], actions: [create, update] }
  validations:
    - expression: object.spec.pools.all(pool, pool.slots <= ${MAX_SLOTS})
      message: a pool has more than ${MAX_SLOTS} slots
  actions: [deny]
`;

const PACKS = {
  safety: [{ path: 'slots-bounded.yaml', bytes: new TextEncoder().encode(SLOTS_BOUNDED) }],
};

export function createSimulatedPolicy(
  place: Pick<PortCall, 'zone' | 'actor'>,
  gate: Gate,
): PolicyGate {
  const inline = createInlinePolicyEvaluator();
  const call: PortCall = { ...place, port: 'policy', method: 'evaluate', subject: '' };
  const evaluator: PolicyEvaluator = {
    ...inline,
    // An evaluator never throws: what goes wrong with it is an answer, and a denial.
    evaluate: (questions) =>
      gate(call, () => inline.evaluate(questions)).catch(() =>
        questions.map(() => ({ state: 'error', why: 'it did not answer in time' }) as const),
      ),
  };
  return createPolicyGate({ library: createMemoryPolicyLibrary(PACKS), evaluator });
}
