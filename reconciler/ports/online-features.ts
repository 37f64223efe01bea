import type { Instant } from '../core/contracts/instant.ts';
import type { ViewDefinition } from '../core/features/view-definition.ts';
import type { StoredSnapshot } from './snapshots.ts';

/** One key's row: values in the order of the definition's features. */
export type OnlineRow = {
  /** Categories as their position; null where there is no value. */
  readonly values: readonly (number | null)[];
  /** Of the newest row behind it: what a time to live counts from. */
  readonly eventTime: Instant;
};

/**
 * What there is under a key: null when the definition's rows are there and the key has none, and
 * 'not-made' when the definition has no rows at all, which says nothing of any key.
 */
export type OnlineLookup = OnlineRow | null | 'not-made';

export type OnlineKey = { readonly definitionDigest: string; readonly entityKey: string };

export type OnlineState = {
  readonly view: string;
  readonly definitionDigest: string;
  readonly snapshotDigest: string;
  /** The moment of the values: just after the newest row that could be known. */
  readonly asOf: string;
  readonly rows: number;
  /** Of who made them: see `takeSequence`. */
  readonly sequence: number;
};

/** Reading, for whoever answers requests. */
export interface OnlineFeatureReader {
  /**
   * One answer for each key, in their order, in one round trip. Throws P401 when the store does
   * not answer: no value is ever made up for it.
   */
  read(keys: readonly OnlineKey[]): Promise<readonly OnlineLookup[]>;
  /**
   * The definition behind a digest: a row's values are in its order, which is not the order of a
   * model's contract. It never changes, so a caller asks once when it loads a model and hands it to
   * `createFeatureEncoder`. It stays when `keepOnly` lets go of the rows. Null before the first
   * materialisation and after `remove`. Throws P401 like `read`.
   */
  readDefinition(definitionDigest: string): Promise<ViewDefinition | null>;
}

/** The newest feature values by key, in the zone's store. */
export interface OnlineFeatures extends OnlineFeatureReader {
  /**
   * A number above all that were taken before it. Whoever makes rows takes it first and then reads
   * which snapshot is accepted: of two, the higher number knows what was accepted last.
   */
  takeSequence(): Promise<number>;
  /**
   * Computes the rows of all keys from a snapshot and replaces the definition's rows by them: the
   * state changes in the same transaction as the last row, so it never runs ahead of the rows.
   * Where rows of a higher sequence are there, nothing changes. Answers with the state that is
   * there in the end, so a caller compares its digest with the one that was asked for. How far a
   * snapshot reaches has no say: one that was corrected may well reach less far.
   */
  materialise(
    definition: ViewDefinition,
    snapshot: StoredSnapshot,
    sequence: number,
  ): Promise<OnlineState>;
  readState(definitionDigest: string): Promise<OnlineState | null>;
  /** The state of every definition of a view that has rows, the one made last first. */
  listStates(view: string): Promise<readonly OnlineState[]>;
  /** Lets go of the rows of all other definitions of a view; the definitions stay readable. */
  keepOnly(view: string, definitionDigests: readonly string[]): Promise<void>;
  /** Removes all definitions of a view with their rows. Removing the missing succeeds. */
  remove(view: string): Promise<void>;
}

export type OnlineRowToWrite = {
  readonly entityKey: string;
  readonly values: readonly (number | null)[];
  /** RFC 3339 with microseconds. */
  readonly eventTime: string;
};

/** For the program that computes the rows, beside the store that keeps them. */
export interface OnlineRowWriter {
  /**
   * Replaces a definition's rows, which are pulled portion by portion, in one transaction: whatever
   * fails on the way, an iteration that throws included, leaves the rows and the state of before.
   * When the state there is of a higher sequence, nothing is pulled, and that state is the answer.
   */
  replace(
    next: Omit<OnlineState, 'rows'> & { readonly definition: ViewDefinition },
    portions: AsyncIterable<readonly OnlineRowToWrite[]>,
  ): Promise<OnlineState>;
}
