import type { Fence } from '../core/contracts/fence.ts';
import type { NormalForm } from '../core/contracts/normal-form.ts';
import type { Ref } from '../core/contracts/ref.ts';
import type { Effect } from '../core/plan/effect.ts';
import type { Planner } from '../core/plan/planner.ts';
import type { Observation } from './receiver.ts';

/**
 * How one kind meets the world: what the engine asks of a kind, so that it knows none itself. The
 * folder `kinds/` implements it on other ports, and `main.ts` hands the table over.
 */
export type KindHandler = {
  readonly kind: string;
  readonly plan: Planner;
  readonly observe: (ref: Ref) => Promise<Observation>;
  /** Everything of this kind that is in the world and under management. */
  readonly list: () => Promise<readonly Ref[]>;
  /** Performs an effect once, however often it is called with the same effect. */
  readonly perform: (effect: Effect, fence: Fence) => Promise<NormalForm | null>;
  readonly raiseFence: (fence: Fence) => Promise<void>;
};

export type KindTable = ReadonlyMap<string, KindHandler>;
