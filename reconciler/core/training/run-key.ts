import { type Digest, digestJson } from '../contracts/digest.ts';

export type UsedSnapshot = {
  readonly source: string;
  readonly digest: string;
  /** Of the definition that its rows were accepted under. */
  readonly sourceDigest: string;
};

export type RunIdentity = {
  readonly modelDigest: string;
  /** What the features mean, views included. */
  readonly contractDigest: string;
  readonly snapshots: readonly UsedSnapshot[];
  readonly trainerDigest: string;
  readonly seed: number;
};

/** Everything that a run reads, as one digest; in which order it was listed does not matter. */
export function toSnapshotDigest(snapshots: readonly UsedSnapshot[]): Digest {
  const sorted = [...snapshots].sort((left, right) => (left.source < right.source ? -1 : 1));
  return digestJson(
    sorted.map(({ source, digest, sourceDigest }) => ({ source, digest, sourceDigest })),
  );
}

/**
 * The identity of a run: the same key gives the same bytes on a processor. Its shape is frozen: it
 * names versions for ever.
 */
export function toRunKey(identity: RunIdentity): Digest {
  return digestJson({
    v: 1,
    model: identity.modelDigest,
    contract: identity.contractDigest,
    snapshot: toSnapshotDigest(identity.snapshots),
    trainer: identity.trainerDigest,
    seed: identity.seed,
  });
}
