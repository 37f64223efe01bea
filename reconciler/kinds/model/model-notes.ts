import type { JsonObject } from '../../core/contracts/json.ts';
import type { EffectId } from '../../core/plan/effect.ts';
import type { UsedSnapshot } from '../../core/training/run-key.ts';

/** The run that was started last for a model, with everything that it was resolved to. */
export type StartedRun = {
  readonly runKey: string;
  readonly modelDigest: string;
  readonly contractDigest: string;
  readonly trainerDigest: string;
  readonly snapshots: readonly UsedSnapshot[];
  readonly seed: number;
  readonly placementDigest: string;
  /** The definition that it was started for, to see later what it would be now. */
  readonly spec: JsonObject;
};

/** What a model remembers: its last run, and the version that is published. */
export type ModelNotes = {
  readonly run: StartedRun | null;
  readonly version: string | null;
  /** Missing where nothing was retrained yet. */
  readonly candidate?: Candidate;
};

/** A run that nobody's commit asked for: live data has drifted from what a version learnt. */
export type Candidate = {
  /** The version that drift was found for: one cause, one candidate. */
  readonly of: string;
  /** The record of the alarm. */
  readonly alarm: EffectId;
  readonly asOf: string;
  readonly run: StartedRun;
  /** What became of it; null while it goes on. Without a version nothing is proposed. */
  readonly end: { readonly version: string | null; readonly why: string } | null;
};

export const NO_NOTES: ModelNotes = { run: null, version: null };
