import type { Digest } from '../contracts/digest.ts';
import type { WindowCounts } from './subjects.ts';

/** What is remembered from one window to the next; plain JSON. */
export type DriftState = {
  readonly v: 1;
  /** What it was gathered against: of another reference or another spec it says nothing. */
  readonly referenceDigest: Digest;
  readonly specDigest: Digest;
  /** The detector, to nine decimals; null stands for M = 0. */
  readonly lnM: number | null;
  /** The run of evidence that the pooled windows are from, to nine decimals. */
  readonly lnRun: number;
  /** Windows that the detector has taken since M was last 0. */
  readonly windows: number;
  /** Counts that were too few to be judged, and are part of the next window. */
  readonly carried: WindowCounts | null;
  /** Counts of the windows since that run began; null where none is going on. */
  readonly pooled: WindowCounts | null;
};

export type DriftBasis = Pick<DriftState, 'referenceDigest' | 'specDigest'>;

/** A new version, or a spec that was changed, starts anew. */
export function toCurrentState(basis: DriftBasis, recorded: DriftState | null): DriftState {
  const isSame =
    recorded?.referenceDigest === basis.referenceDigest && recorded.specDigest === basis.specDigest;
  if (isSame) return recorded;
  const { referenceDigest, specDigest } = basis;
  return {
    v: 1,
    referenceDigest,
    specDigest,
    lnM: null,
    lnRun: 0,
    windows: 0,
    carried: null,
    pooled: null,
  };
}
