import { type Digest, digestJson } from '../contracts/digest.ts';
import type { Ref } from '../contracts/ref.ts';
import type { EffectId } from './effect.ts';

/**
 * The commit that caused an effect is not part of its identity, so the same intent reached by two
 * commits happens once. `occurrence` is the number of terminal effects of that resource so far:
 * without it, create → remove → create would be taken for one creation already done.
 */
export function toEffectId(input: {
  readonly ref: Ref;
  readonly action: string;
  readonly targetDigest: Digest;
  readonly occurrence: number;
}): EffectId {
  return digestJson({
    ref: { kind: input.ref.kind, namespace: input.ref.namespace, name: input.ref.name },
    action: input.action,
    targetDigest: input.targetDigest,
    occurrence: input.occurrence,
  });
}
