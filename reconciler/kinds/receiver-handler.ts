import type { NormalForm } from '../core/contracts/normal-form.ts';
import { directionOf } from '../core/plan/actions.ts';
import type { Planner } from '../core/plan/planner.ts';
import type { KindHandler } from '../ports/kind-handler.ts';
import type { Receiver } from '../ports/receiver.ts';

/** A kind whose whole effect is one write to one receiver. */
export function createReceiverHandler(
  kind: string,
  plan: Planner,
  receiver: Receiver,
): KindHandler {
  return {
    kind,
    plan,
    observe: (ref) => receiver.observe(ref),
    list: async () => (await receiver.list()).filter((ref) => ref.kind === kind),
    perform: async (effect, fence) => {
      // A removal's target is a bare identity; everything else is the form to converge to.
      const isRemoval = directionOf(effect.action) === 'remove';
      const target = isRemoval ? null : (effect.target as NormalForm);
      return { live: await receiver.apply({ fence, effect, target }) };
    },
    raiseFence: (fence) => receiver.raiseFence(fence),
  };
}
