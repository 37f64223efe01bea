import { createMemoryGit, type MemoryGit } from '../../reconciler/adapters/git/memory/git.ts';
import { createMemoryLedgerSigner } from '../../reconciler/adapters/ledger-signer/memory/ledger-signer.ts';
import { formatCommitMessage } from '../../reconciler/core/audit/commit-message.ts';
import {
  type LedgerRecord,
  type SealedRecord,
  sealRecord,
} from '../../reconciler/core/audit/record.ts';
import { digestText } from '../../reconciler/core/contracts/digest.ts';
import { type Oid, toAuditBranch } from '../../reconciler/core/contracts/git.ts';
import { formatCommit, insertSignature } from '../../reconciler/core/contracts/git-commit.ts';
import type { Checkpoint } from '../../reconciler/ports/anchor.ts';
import type { LedgerSigner } from '../../reconciler/ports/ledger-signer.ts';

export const ZONE = 'ae';
export const WRITER = createMemoryLedgerSigner({ seed: 'writer' });
export const FOREIGN = createMemoryLedgerSigner({ seed: 'foreign' });
export const START = Date.UTC(2026, 0, 1);

/** What is to stand in one ledger commit, honest unless a field says otherwise. */
export type Entry = {
  readonly sealed: SealedRecord;
  readonly signer?: LedgerSigner | null;
  readonly message?: string;
  /** The text of `record.json`; null leaves the file out. */
  readonly recordText?: string | null;
  readonly extraParents?: readonly Oid[];
  /** Keeps the signature of these bytes although the commit has others. */
  readonly editSigned?: (commit: string) => string;
  readonly editArmor?: (armor: string) => string;
};

/** Honest records from 1 to `count`, an hour apart. */
export function sealRecords(
  count: number,
  change: (seq: number) => Partial<LedgerRecord> = () => ({}),
): readonly SealedRecord[] {
  const sealed: SealedRecord[] = [];
  for (let seq = 1; seq <= count; seq += 1) {
    sealed.push(sealNext(sealed.at(-1) ?? null, change(seq)));
  }
  return sealed;
}

export function sealNext(
  before: SealedRecord | null,
  change: Partial<LedgerRecord> = {},
): SealedRecord {
  const seq = change.seq ?? (before?.record.seq ?? 0) + 1;
  const prev = change.prev === undefined ? (before?.digest ?? null) : change.prev;
  const digest = digestText(`${seq}`);
  const draft = {
    zone: ZONE,
    effectId: digest,
    ref: { kind: 'Target', namespace: 'platform', name: `t${seq}` },
    action: 'create',
    outcome: 'succeeded' as const,
    cause: { revision: digest.slice(7, 47), pull: null, approvals: [], planDigest: digest },
    inputs: {},
    policyDigest: digest,
    evidence: {},
    at: change.at ?? new Date(START + seq * 3_600_000).toISOString(),
    actor: 'plumbline',
    epoch: 1,
    ...change,
  };
  return sealRecord(draft, { seq, prev });
}

export type Ledger = {
  readonly git: MemoryGit;
  readonly commits: readonly Oid[];
  readonly checkpoint: (seq: number) => Checkpoint;
};

/** Writes the entries as a chain of commits, exactly as they are told. */
export async function writeLedger(entries: readonly Entry[]): Promise<Ledger> {
  const git = createMemoryGit();
  const commits: Oid[] = [];
  for (const entry of entries) {
    const body = await toCommit(git, entry, commits.at(-1) ?? null);
    commits.push(git.writeObject('commit', body));
  }
  const tip = commits.at(-1);
  if (tip !== undefined) git.setRef(toAuditBranch(ZONE), tip);
  return {
    git,
    commits,
    checkpoint(seq) {
      const index = entries.findIndex(({ sealed }) => sealed.record.seq === seq);
      const { sealed } = entries[index] as Entry;
      const at = Date.parse(sealed.record.at) + 60_000;
      return { zone: ZONE, seq, record: sealed.digest, commit: commits[index] as Oid, at };
    },
  };
}

async function toCommit(git: MemoryGit, entry: Entry, parent: Oid | null): Promise<Uint8Array> {
  const { sealed, signer = WRITER, extraParents = [] } = entry;
  const payload = formatCommit({
    tree: writeTree(git, entry.recordText === undefined ? sealed.text : entry.recordText),
    parents: [...(parent === null ? [] : [parent]), ...extraParents],
    author: { name: 'Plumbline', email: 'plumbline@localhost' },
    epochSeconds: Math.floor(Date.parse(sealed.record.at) / 1000),
    message: entry.message ?? formatCommitMessage(sealed, 'because'),
  });
  if (signer === null) return payload;
  const armor = await signer.sign(payload);
  const signed = insertSignature(payload, entry.editArmor?.(armor) ?? armor);
  if (entry.editSigned === undefined) return signed;
  return Buffer.from(entry.editSigned(Buffer.from(signed).toString('latin1')), 'latin1');
}

function writeTree(git: MemoryGit, recordText: string | null): Oid {
  if (recordText === null) return git.writeObject('tree', new Uint8Array(0));
  const blob = git.writeObject('blob', Buffer.from(recordText));
  const line = [Buffer.from('100644 record.json\0'), Buffer.from(blob, 'hex')];
  return git.writeObject('tree', Buffer.concat(line));
}
