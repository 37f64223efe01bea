import { type Digest, digestJson } from '../contracts/digest.ts';
import type { NormalForm } from '../contracts/normal-form.ts';
import type { Effect } from './effect.ts';
import { toEffectId } from './effect-id.ts';
import type { PlannerInput } from './planner.ts';

export type EffectWords = Pick<Effect, 'action' | 'reason' | 'risk' | 'class' | 'stepOf'> & {
  readonly target: NormalForm;
  /** Where it is known already: a plan of everything makes thousands. */
  readonly targetDigest?: Digest;
};

/** The next effect of a resource: what was done to it so far is part of what tells it apart. */
export function toEffect(
  { ref, recorded }: Pick<PlannerInput, 'ref' | 'recorded'>,
  words: EffectWords,
): Effect {
  const { targetDigest = digestJson(words.target) } = words;
  const identity = { ref, action: words.action, targetDigest };
  const id = toEffectId({ ...identity, occurrence: recorded.terminalEffects });
  return { id, ...words, ...identity, dependsOn: [], approvals: [] };
}
