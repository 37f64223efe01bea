import type { Digest } from '../core/contracts/digest.ts';
import type { Oid } from '../core/contracts/git.ts';
import type { Instant } from '../core/contracts/instant.ts';

/** What the ledger was at a moment, kept where the ledger's writer cannot rewrite it. */
export type Checkpoint = {
  readonly zone: string;
  readonly seq: number;
  readonly record: Digest;
  readonly commit: Oid;
  readonly at: Instant;
};

export interface Anchor {
  /** Durable when it resolves. Throws P410 when `seq` is below one already kept for the zone. */
  append(checkpoint: Checkpoint): Promise<void>;
  /** All checkpoints of the zone, oldest first. */
  list(zone: string): Promise<readonly Checkpoint[]>;
}
