import type { Oid } from '../../../core/contracts/git.ts';
import type { ParsedFile } from '../../../core/spec/parsed-file.ts';
import type { ParsedFiles } from '../../../ports/parsed-files.ts';

/** Keeps what it is given for as long as `kept` is kept. */
export function createMemoryParsedFiles(kept: Map<Oid, ParsedFile> = new Map()): ParsedFiles {
  return {
    load: async () => new Map(kept),
    add: async (files) => {
      for (const [oid, file] of files) if (!kept.has(oid)) kept.set(oid, file);
    },
  };
}
