import type { SnapshotRecord } from '../core/contracts/generated/snapshot-record.generated.ts';
import type { SourceDefinition } from '../core/features/source-definition.ts';

export type StoredSnapshot = { readonly record: SnapshotRecord; readonly rowsFile: string };

/** Accepted states of data sources, each under the digest of its rows. They are never changed. */
export interface Snapshots {
  /**
   * Reads a file, checks every row, and makes what passes the source's accepted snapshot. The same
   * file under the same definition gives the same digest. Throws P801 when the file as a whole is
   * refused: it is missing, of another schema, or has too many bad rows; the one before stays.
   */
  accept(source: SourceDefinition, inputFile: string): Promise<StoredSnapshot>;
  /** The accepted snapshot of a source; null before the first. */
  readAccepted(source: string): Promise<StoredSnapshot | null>;
  /** Whether the file still is what the accepted snapshot was made from, under this definition. */
  isCurrent(source: SourceDefinition, inputFile: string): Promise<boolean>;
  /** Throws P802 when there is no such snapshot, or when its bytes have another digest by now. */
  find(source: string, digest: string): Promise<StoredSnapshot>;
  /** Forgets a source with all its snapshots. Removing the missing succeeds. */
  remove(source: string): Promise<void>;
}
