import { isDigest } from '../../../core/contracts/digest.ts';
import { isOid } from '../../../core/contracts/git.ts';
import { parseRfc3339, toRfc3339 } from '../../../core/contracts/instant.ts';
import type { Checkpoint } from '../../../ports/anchor.ts';

/** Version 1 of a line, readable by people: `{"v":1,"zone":"ae","seq":256,…}`. */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { zone, seq, record, commit, at } = checkpoint;
  return `${JSON.stringify({ v: 1, zone, seq, record, commit, at: toRfc3339(at) })}\n`;
}

/** Null when the line is none of ours. */
export function parseCheckpoint(line: string): Checkpoint | null {
  const value = parseSafely(line);
  if (typeof value !== 'object' || value === null) return null;
  const { v, zone, seq, record, commit, at } = value as Record<string, unknown>;
  if (v !== 1 || typeof zone !== 'string' || typeof seq !== 'number') return null;
  if (!Number.isSafeInteger(seq) || seq < 1) return null;
  if (typeof record !== 'string' || !isDigest(record)) return null;
  if (typeof commit !== 'string' || !isOid(commit)) return null;
  const instant = typeof at === 'string' ? parseRfc3339(at) : null;
  return instant === null ? null : { zone, seq, record, commit, at: instant };
}

function parseSafely(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
