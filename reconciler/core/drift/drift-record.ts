import type { Digest } from '../contracts/digest.ts';
import type { QualityFinding } from './data-quality.ts';
import type { DriftState } from './drift-state.ts';
import type { Effect } from './effect.ts';
import type { SubjectRecord } from './judge-subject.ts';
import type { WindowCounts } from './subjects.ts';

/**
 * `drift`: sure and large. `warn`: sure, and large enough to be looked at. `quiet`: sure, and too
 * small to matter. `ok`: no sign of a change. The others say that nothing was judged.
 */
export type DriftVerdict = 'ok' | 'warn' | 'drift' | 'quiet' | 'insufficient-data' | 'blocked';

/** Counts of one window; its bounds are repeated in the record and decide nothing. */
export type DriftWindow = {
  readonly from: string;
  readonly to: string;
  readonly counts: WindowCounts;
};

/** Everything a verdict rests on, without the counts: those stay where they were counted. */
export type DriftRecord = {
  readonly v: 1;
  readonly verdict: DriftVerdict;
  readonly why: string;
  readonly from: string;
  readonly to: string;
  readonly referenceDigest: Digest;
  readonly specDigest: Digest;
  /** Rows that were judged, those that earlier windows had too few of included. */
  readonly rows: number;
  readonly carriedRows: number;
  /** From how many rows on a window is judged; null where the reference has too few itself. */
  readonly minimumRows: number | null;
  readonly countsDigest: Digest;
  /** Null where the effect was not measured. */
  readonly pooledDigest: Digest | null;
  readonly pooledRows: number;
  /** Evidence of this window; null where it was not judged. */
  readonly lnE: number | null;
  /** The detector after this window, before it starts anew; null stands for M = 0. */
  readonly lnM: number | null;
  /** The run of evidence after this window; below 0 the next window begins a new one. */
  readonly lnRun: number;
  readonly windows: number;
  /** A, which M must come to. */
  readonly threshold: number;
  readonly effect: Effect | null;
  readonly subjects: readonly SubjectRecord[];
  readonly quality: readonly QualityFinding[];
};

export type DriftJudgement = {
  readonly verdict: DriftVerdict;
  readonly state: DriftState;
  readonly record: DriftRecord;
  /** What the record's digests are of: whoever recomputes a verdict needs them, in the zone. */
  readonly counts: { readonly judged: WindowCounts; readonly pooled: WindowCounts | null };
};
