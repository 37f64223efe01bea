import { type Digest, isDigest } from '../contracts/digest.ts';
import { isOid, type Oid } from '../contracts/git.ts';

/** What a ledger commit's message says of its record, for readers that do not open the record. */
export type LedgerTrailers = {
  readonly seq: number;
  readonly effect: Digest;
  readonly record: Digest;
  readonly cause: Oid;
};

const NAMES = ['Plumbline-Seq', 'Plumbline-Effect', 'Plumbline-Record', 'Plumbline-Cause'] as const;
const TRAILER = /^([A-Za-z][A-Za-z0-9-]*): (\S.*)$/;

/**
 * Null unless the message is one line, an empty line and trailers to its end, ours among them
 * exactly once each. Unknown trailers are let through: a later version may have more of them.
 */
export function parseTrailers(message: string): LedgerTrailers | null {
  const [subject, empty, ...lines] = message.replace(/\n$/, '').split('\n');
  if (!subject || empty !== '') return null;
  const found = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = TRAILER.exec(line) ?? [];
    if (name === undefined || value === undefined || found.has(name)) return null;
    found.set(name, value);
  }
  const [seq = '', effect = '', record = '', cause = ''] = NAMES.map((name) => found.get(name));
  if (!/^[1-9]\d{0,14}$/.test(seq)) return null;
  if (!isDigest(effect) || !isDigest(record) || !isOid(cause)) return null;
  return { seq: Number(seq), effect, record, cause };
}
