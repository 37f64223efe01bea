import type { Digest } from '../core/contracts/digest.ts';
import type { Fence } from '../core/contracts/fence.ts';
import type { Oid } from '../core/contracts/git.ts';
import type { JsonObject } from '../core/contracts/json.ts';
import type { NormalForm } from '../core/contracts/normal-form.ts';
import type { Ref } from '../core/contracts/ref.ts';
import type { Effect } from '../core/plan/effect.ts';
import type { Planner } from '../core/plan/planner.ts';
import type { Observation } from './receiver.ts';

/** Why an effect is performed: the commit is its cause, and never part of its identity. */
export type EffectCause = { readonly revision: Oid };

/** What an effect led to, beside what is live. */
export type Outcome = {
  /** Digests of what it was made from or led to; the record names them beside its target. */
  readonly inputs?: Readonly<Record<string, Digest>>;
  /** What came of it, where that says more than why it was done. */
  readonly summary?: string;
};

export type Performed = Outcome & {
  /** What is live afterwards; null when the resource is gone. */
  readonly live: NormalForm | null;
};

export type KindObservation = Observation & {
  /** What is seen beside the form, for the kind's planner alone: how a run goes, say. */
  readonly facts?: JsonObject;
  /** What the last effect led to, so that a crash before its record loses nothing of it. */
  readonly lastOutcome?: Outcome;
};

/**
 * How one kind meets the world: what the engine asks of a kind, so that it knows none itself. The
 * folder `kinds/` implements it on other ports, and `main.ts` hands the table over.
 */
export type KindHandler = {
  readonly kind: string;
  readonly plan: Planner;
  readonly observe: (ref: Ref) => Promise<KindObservation>;
  /** Everything of this kind that is in the world and under management. */
  readonly list: () => Promise<readonly Ref[]>;
  /** Performs an effect once, however often it is called with the same effect. */
  readonly perform: (effect: Effect, fence: Fence, cause: EffectCause) => Promise<Performed>;
  readonly raiseFence: (fence: Fence) => Promise<void>;
  /**
   * Keeps going what goes on by itself, such as runs that wait for a slot. Called often while this
   * process leads, and never at the same time as itself; it changes nothing that is recorded.
   */
  readonly tend?: (fence: Fence) => Promise<void>;
};

export type KindTable = ReadonlyMap<string, KindHandler>;
