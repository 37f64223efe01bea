import type { Oid } from '../core/contracts/git.ts';
import type { ParsedFile } from '../core/spec/parsed-file.ts';

/**
 * What files of the platform repo were found to say, by the oid of their bytes, for whoever reads
 * them after a restart. It only spares work: whatever cannot be kept or read is as if it had never
 * been there, and nothing that was parsed under another version of the language is given back.
 */
export interface ParsedFiles {
  load(): Promise<ReadonlyMap<Oid, ParsedFile>>;
  /** Adds to what is kept; of one oid, the first stays. Never throws. */
  add(files: ReadonlyMap<Oid, ParsedFile>): Promise<void>;
}
