import type { Digest } from '../core/contracts/digest.ts';
import type { NormalForm } from '../core/contracts/normal-form.ts';
import type { Refusal } from '../core/plan/admission.ts';
import type { Effect, EffectId } from '../core/plan/effect.ts';
import type { Policy } from '../core/policy/policy.ts';

/** One effect with what policy may look at. */
export type PolicyCase = {
  readonly effect: Effect;
  readonly object: NormalForm | null;
  readonly oldObject: NormalForm | null;
};

export type PolicyJudgement = {
  readonly policyDigest: Digest;
  /** What is refused, by effect id. A policy that cannot be evaluated refuses. */
  readonly denied: ReadonlyMap<EffectId, Omit<Refusal, 'ref' | 'action'>>;
  readonly warnings: readonly string[];
};

/** Judges final effects under named policy packs. */
export type PolicyGate = {
  readonly judge: (input: {
    readonly zone: string;
    readonly packs: readonly string[];
    /** Those of the platform repo, beside the packs. */
    readonly policies: readonly Policy[];
    readonly cases: readonly PolicyCase[];
  }) => Promise<PolicyJudgement>;
};

/** A gate that holds something to be given back, such as a worker. */
export type OpenPolicyGate = PolicyGate & { readonly close: () => Promise<void> };
