import type { Digest } from '../contracts/digest.ts';
import type { Instant } from '../contracts/instant.ts';
import type { JsonObject } from '../contracts/json.ts';
import type { NormalForm } from '../contracts/normal-form.ts';
import type { Read } from '../contracts/read.ts';
import type { Ref } from '../contracts/ref.ts';
import type { Condition } from '../status/condition.ts';
import type { Effect, EffectId } from './effect.ts';

/** What the journal remembers of one resource: the public part of it is the ledger. */
export type Recorded = {
  /** Terminal effects of this resource so far: the occurrence of the next one. */
  readonly terminalEffects: number;
  /** How often in a row the last effect's target was not reached. */
  readonly failures: number;
  /** The last terminal effect, whatever came of it. */
  readonly last: RecordedEffect | null;
  /** The last one that succeeded: what the world was last made to be. */
  readonly achieved: RecordedEffect | null;
};

export type RecordedEffect = {
  readonly effectId: EffectId;
  readonly action: string;
  readonly targetDigest: Digest;
  readonly outcome: 'succeeded' | 'failed' | 'abandoned';
  /** What was live afterwards; null when the resource was gone. */
  readonly live: NormalForm | null;
  readonly at: Instant;
  /** What the ledger says of it; missing where only the world is known. */
  readonly summary?: string;
};

export const NOTHING_RECORDED: Recorded = {
  terminalEffects: 0,
  failures: 0,
  last: null,
  achieved: null,
};

export type Waiting = { readonly on: string; readonly until: Instant | null };

export type PlanContext = {
  /** The zone whose reconciler plans; a planner sees only its own zone's resources. */
  readonly zone: string;
  /** In a plan of everything, which shows what it all comes to and not the way there. */
  readonly isWholePlan: boolean;
  /** What this resource refers to. */
  readonly dependencies: readonly Ref[];
  /** When something was last done to one of them; null when nothing was, or in a plan of all. */
  readonly dependenciesChangedAt: Instant | null;
  /** What this resource refers to and what is not yet as desired: it must come first. */
  readonly unsettledDependencies: readonly Ref[];
  /** What refers to this resource and is still live: it must go first. */
  readonly liveDependents: readonly Ref[];
};

export type PlannerInput = {
  readonly ref: Ref;
  readonly desired: NormalForm | null;
  readonly observed: Read<NormalForm>;
  /** What the kind saw beside the form; empty where a plan knows only what the ledger says. */
  readonly facts: JsonObject;
  readonly recorded: Recorded;
  readonly now: Instant;
  readonly context: PlanContext;
};

export type PlannerResult = {
  /** What may be done next. */
  readonly effects: readonly Effect[];
  readonly waiting: readonly Waiting[];
  readonly conditions: readonly Condition[];
};

/** One per kind, pure: from what should be, what is and what was done, to what comes next. */
export type Planner = (input: PlannerInput) => PlannerResult;
