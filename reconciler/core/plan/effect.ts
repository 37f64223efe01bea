import type { Digest } from '../contracts/digest.ts';
import type { JsonObject } from '../contracts/json.ts';
import type { Ref } from '../contracts/ref.ts';

/** The identity of an effect, see `effect-id.ts`. Receivers use it to act once. */
export type EffectId = Digest;

export type Requirement = { readonly role: string; readonly reason: string };

export type Cost = {
  readonly amount: number;
  readonly currency: 'USD';
  readonly per: 'run' | 'hour';
};

/** One idempotent act on the outside world. */
export type Effect = {
  readonly id: EffectId;
  readonly ref: Ref;
  readonly action: string;
  readonly target: JsonObject;
  readonly targetDigest: Digest;
  /** `admitted` needs a place in the admitted set; `self-heal` restores what was achieved before. */
  readonly class: 'admitted' | 'self-heal';
  /** The target of the admitted effect that this is a step on the way to; absent when it is none. */
  readonly stepOf?: Digest;
  /** One sentence without times, readable by a person. */
  readonly reason: string;
  readonly dependsOn: readonly EffectId[];
  readonly cost?: Cost;
  readonly risk: 'none' | 'low' | 'high';
  readonly approvals: readonly Requirement[];
};
