import type { Ref } from '../contracts/ref.ts';
import type { Diagnostic, SourceLocation } from '../spec/diagnostic.ts';
import type { Resource } from '../spec/resource.ts';
import type { Placement } from './placement.ts';

/** A document of ours with a mistake in it. */
export type BrokenResource = {
  /** Null when not even that can be read. */
  readonly kind: string | null;
  /** Null when it cannot be read which resource this is. */
  readonly ref: Ref | null;
  readonly location: SourceLocation;
};

export type HeldBack = {
  readonly ref: Ref;
  readonly why: string;
  /** Where it would stand; unclear for one that cannot be read. */
  readonly placement: Placement;
};

/** A resource that may be followed, and where it stands. */
export type PlacedResource = Resource & {
  readonly placement: Placement;
  /** Of what comes lawfully from another zone: that nothing brings it over yet, in one sentence. */
  readonly uncarried?: string;
};

/** What of a revision may be followed. */
export type Validity = {
  /** Each resource after what it depends on. */
  readonly valid: readonly PlacedResource[];
  /** The names of the valid zones, sorted. */
  readonly zones: readonly string[];
  /** Resources that stay at their last good form, sorted by key. */
  readonly heldBack: readonly HeldBack[];
  /** Nothing of the revision may be followed. */
  readonly frozen: boolean;
  readonly diagnostics: readonly Diagnostic[];
};
