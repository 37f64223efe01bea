import { toEffectId } from '../../../reconciler/core/plan/effect-id.ts';
import type { KindHandler } from '../../../reconciler/ports/kind-handler.ts';
import type { Plant } from './plant.ts';

/** Every effect has the id that its first occurrence would have. */
function wrapKind(handler: KindHandler): KindHandler {
  return {
    ...handler,
    plan: (input) => {
      const result = handler.plan(input);
      const effects = result.effects.map((effect) => ({
        ...effect,
        id: toEffectId({ ...effect, occurrence: 0 }),
      }));
      return { ...result, effects };
    },
  };
}

export const noOccurrence: Plant = {
  name: 'no-occurrence',
  bug: 'create, remove, create is taken for one creation that is done already',
  foundBy: ['I-30'],
  wrapKind,
};
