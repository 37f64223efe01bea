import type { Fence } from '../core/contracts/fence.ts';
import type { NormalForm } from '../core/contracts/normal-form.ts';
import type { Read } from '../core/contracts/read.ts';
import type { Ref } from '../core/contracts/ref.ts';
import type { Effect, EffectId } from '../core/plan/effect.ts';

export type Observation = {
  readonly read: Read<NormalForm>;
  /** The last effect that fully happened to this resource, also after its removal. */
  readonly lastEffectId: EffectId | null;
};

/**
 * A part of the outside world that effects change. Four promises: observing never changes
 * anything; performing the same effect id twice is performing it once; removing what is not
 * there succeeds; a write with an epoch below the highest seen throws P403 and changes nothing.
 */
export interface Receiver {
  /** From now on refuses epochs below this one. Throws P403 when a higher one was seen. */
  raiseFence(fence: Fence): Promise<void>;
  observe(ref: Ref): Promise<Observation>;
  /** Everything it holds, so that what left Git can be found. */
  list(): Promise<readonly Ref[]>;
  /** Makes `ref` be `target`, or be gone when `target` is null; returns what is live afterwards. */
  apply(input: {
    readonly fence: Fence;
    readonly effect: Effect;
    readonly target: NormalForm | null;
  }): Promise<NormalForm | null>;
}
