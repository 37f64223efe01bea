import { toCanonicalJson } from '../contracts/canonical-json.ts';
import { type Digest, digestText } from '../contracts/digest.ts';
import type { Oid } from '../contracts/git.ts';
import type { Ref } from '../contracts/ref.ts';
import type { EffectId } from '../plan/effect.ts';

export type OutcomeWord = 'succeeded' | 'failed' | 'abandoned';

/** Version 1 of the ledger record. A frozen shape: readers accept it for ever. */
export type LedgerRecord = {
  readonly v: 1;
  readonly seq: number;
  readonly zone: string;
  readonly effectId: EffectId;
  readonly ref: Ref;
  readonly action: string;
  readonly outcome: OutcomeWord;
  readonly cause: {
    readonly revision: Oid;
    readonly pull: string | null;
    readonly approvals: readonly { readonly by: string; readonly digest: Digest }[];
    readonly planDigest: Digest;
  };
  readonly inputs: Readonly<Record<string, Digest>>;
  readonly policyDigest: Digest;
  readonly evidence: Readonly<Record<string, Digest>>;
  readonly at: string;
  readonly actor: string;
  readonly epoch: number;
  /** The digest of the previous record; null in the first one. */
  readonly prev: Digest | null;
};

/** Everything but the place in the chain, which only the transaction that appends it knows. */
export type RecordDraft = Omit<LedgerRecord, 'v' | 'seq' | 'prev'>;

export type SealedRecord = {
  readonly record: LedgerRecord;
  readonly text: string;
  readonly digest: Digest;
};

export function sealRecord(
  draft: RecordDraft,
  place: { readonly seq: number; readonly prev: Digest | null },
): SealedRecord {
  const record: LedgerRecord = { v: 1, ...draft, seq: place.seq, prev: place.prev };
  const text = toCanonicalJson(record);
  return { record, text, digest: digestText(text) };
}
