import type { Digest } from '../contracts/digest.ts';
import type { ErrorCode } from '../contracts/error-codes.ts';
import type { Oid } from '../contracts/git.ts';
import type { NormalForm } from '../contracts/normal-form.ts';
import type { Ref, RefKey } from '../contracts/ref.ts';
import type { Policy } from '../policy/policy.ts';
import type { PlatformRules } from './platform-rules.ts';

/** An effect that may happen. Its id is not part of it: the occurrence is known only when it starts. */
export type AdmittedEffect = {
  readonly ref: Ref;
  readonly action: string;
  readonly targetDigest: Digest;
};

export type Refusal = {
  readonly ref: Ref;
  readonly action: string;
  readonly code: ErrorCode;
  readonly message: string;
};

/** What a revision takes away, all its judgements together, and how much of it is allowed. */
export type Removals = {
  readonly refs: readonly RefKey[];
  /** How many resources of the zone were live at its first judgement: what the cap is a share of. */
  readonly liveCount: number;
  readonly allowed: number;
};

/**
 * The judgement of one revision in one zone: what is desired from now on, and the frozen set of
 * effects that may happen. A revision is admitted once; only the next one replaces it.
 */
export type Admission = {
  /** Counts from 1 in each zone, without gaps. */
  readonly sequence: number;
  readonly revision: Oid;
  readonly planDigest: Digest;
  readonly policyDigest: Digest;
  /** Resources of this zone, last good forms included, sorted by ref key. */
  readonly desired: readonly NormalForm[];
  /** Resources whose form in this revision is invalid: they stay as they were. */
  readonly heldBack: readonly RefKey[];
  readonly effects: readonly AdmittedEffect[];
  readonly refusals: readonly Refusal[];
  /** The rules it was judged by: those in force before its revision, also when it is judged again. */
  readonly rules: PlatformRules;
  /** Policies of the repo that judged it; missing where there were none. */
  readonly policies?: readonly Policy[];
  readonly removals: Removals;
  /** Who approved the revision, as far as a pull request tells; absent when none does. */
  readonly approval?: AdmittedApproval;
};

/** What every record says of the approval of what caused it. */
export type AdmittedApproval = {
  /** The pull request, as the forge numbers it. */
  readonly pull: string;
  /** `self`: only by those who had a part in it. `missing`: nobody with the right approved it. */
  readonly state: 'approved' | 'self' | 'missing';
  /** Who, and the digest of what the forge said of it. */
  readonly approvals: readonly { readonly by: string; readonly digest: Digest }[];
};
