import { parseFile } from '../../reconciler/core/spec/parse-file.ts';
import type { ParsedFile } from '../../reconciler/core/spec/parsed-file.ts';

export type ParseOnce = (bytes: Uint8Array) => ParsedFile;

/** More different files than the people of many seeds write. */
const MAX_FILES = 20_000;

/**
 * Parsing is a function of the bytes alone, so the seeds of a campaign share it: their people
 * write the same few hundred files over and over.
 */
export function createParseOnce(): ParseOnce {
  const known = new Map<string, ParsedFile>();
  return (bytes) => {
    const text = Buffer.from(bytes).toString('latin1');
    const parsed = known.get(text) ?? parseFile(bytes);
    if (known.size < MAX_FILES) known.set(text, parsed);
    return parsed;
  };
}
