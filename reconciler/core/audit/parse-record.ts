import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Digest, isDigest } from '../contracts/digest.ts';
import { isOid, type Oid } from '../contracts/git.ts';
import { type Instant, parseRfc3339 } from '../contracts/instant.ts';

/**
 * Reads records without the code that writes them, down to the canonical form and the digest: a
 * mistake in the writer must not be repeated by the one who checks it.
 */
export type ParsedRecord = {
  readonly digest: Digest;
  readonly seq: number;
  readonly zone: string;
  readonly effectId: Digest;
  readonly revision: Oid;
  readonly epoch: number;
  readonly prev: Digest | null;
  readonly at: Instant;
};

/** Beyond any record: a list of approvals and of inputs, each a few hundred bytes. */
const MAX_RECORD_CHARACTERS = 1024 * 1024;

/** A sentence when the text is no record of version 1 in its canonical form. */
export function parseRecord(text: string): ParsedRecord | string {
  if (text.length > MAX_RECORD_CHARACTERS) return 'the record is too long';
  const value = parseCanonical(text);
  if (!isObject(value)) return 'the record is no JSON object in its canonical form';
  if (value['v'] !== 1) return 'the record has an unknown version';
  const { seq, zone, effectId, cause, epoch, prev, at } = value;
  if (!isCount(seq) || seq < 1) return 'the record has no sequence number';
  if (typeof zone !== 'string') return 'the record has no zone';
  if (typeof effectId !== 'string' || !isDigest(effectId)) return 'the record has no effect';
  const revision = isObject(cause) ? cause['revision'] : undefined;
  if (typeof revision !== 'string' || !isOid(revision)) return 'the record has no cause';
  if (!isCount(epoch)) return 'the record has no epoch';
  if (prev !== null && !(typeof prev === 'string' && isDigest(prev))) {
    return 'the record does not name the one before it';
  }
  const instant = typeof at === 'string' ? parseRfc3339(at) : null;
  if (instant === null) return 'the record has no time';
  const digest: Digest = `sha256:${bytesToHex(sha256(utf8ToBytes(text)))}`;
  return { digest, seq, zone, effectId, revision, epoch, prev, at: instant };
}

/** Two readers of `{"seq":1,"seq":2}` may see two records; of the canonical form they cannot. */
function parseCanonical(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return rewrite(value) === text ? value : undefined;
  } catch {
    // No JSON, or nested so deeply that it cannot be ours.
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Keys in code unit order, no white space: what JSON.parse gave, in the one way to spell it. */
function rewrite(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(rewrite).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${rewrite(value[key])}`).join(',')}}`;
}
