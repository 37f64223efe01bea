import type { RecordDraft, SealedRecord } from '../core/audit/record.ts';
import type { Digest } from '../core/contracts/digest.ts';
import type { Fence } from '../core/contracts/fence.ts';
import type { Oid } from '../core/contracts/git.ts';
import type { Instant } from '../core/contracts/instant.ts';
import type { NormalForm } from '../core/contracts/normal-form.ts';
import type { Ref } from '../core/contracts/ref.ts';
import type { Admission, AdmittedApproval } from '../core/plan/admission.ts';
import type { Effect } from '../core/plan/effect.ts';
import type { Recorded } from '../core/plan/planner.ts';

/** Leadership of one zone, judged by the store's clock alone. */
export interface LeaseStore {
  /**
   * Takes a free or expired lease under the next epoch, which is above `above` too; null while
   * another holds it.
   */
  acquire(holder: string, ttlMs: number, above?: number): Promise<Fence | null>;
  /** Extends the lease. False when it is no longer ours: then stop working. */
  renew(fence: Fence, ttlMs: number): Promise<boolean>;
  /** Whose lease it is now, or null when it is free. */
  read(): Promise<Fence | null>;
  /**
   * Frees the lease if it is still this fence's: called by its holder, or by who knows for sure
   * that the holder is dead.
   */
  release(fence: Fence): Promise<void>;
}

/** What was admitted, and so what may happen. Writes throw P403 when the fence is not the leader's. */
export interface AdmissionStore {
  readLatest(): Promise<Admission | null>;
  /** The approval that an admission was judged with; null for one without, or an unknown one. */
  readApproval(sequence: number): Promise<AdmittedApproval | null>;
  /** Throws P405 unless `admission.sequence` follows the latest by one. */
  admit(fence: Fence, admission: Admission): Promise<void>;
}

export type Intent = {
  readonly effect: Effect;
  readonly admissionSequence: number;
  readonly revision: Oid;
  readonly planDigest: Digest;
  readonly policyDigest: Digest;
};

export type TerminalOutcome = {
  readonly draft: RecordDraft;
  /** What is live afterwards: `live/` of the ledger shows it; null removes the file. */
  readonly live: NormalForm | null;
  /** Why, as one sentence: it becomes the first line of the ledger commit. */
  readonly summary: string;
};

export type OpenIntent = Intent & { readonly epoch: number };

/**
 * Effects and what came of them. The rows are durable when a call resolves. Every write checks
 * in its own transaction that the fence is the leader's, and throws P403 otherwise.
 */
export interface JournalStore {
  /**
   * Before an effect may start. `open` also when it was open already (then it now belongs to
   * this fence's epoch); `terminal` when the effect has an outcome and must not start again;
   * `superseded` when it is new and a later admission than its own is in force.
   */
  openIntent(fence: Fence, intent: Intent): Promise<'open' | 'terminal' | 'superseded'>;
  /**
   * The outcome and its ledger record, in one transaction; the record gets the next sequence
   * number. Recording the same effect again changes nothing and returns the first record.
   */
  recordOutcome(fence: Fence, outcome: TerminalOutcome): Promise<SealedRecord>;
  listOpenIntents(): Promise<readonly OpenIntent[]>;
  readRecorded(ref: Ref): Promise<Recorded>;
  /** Every resource that has a terminal effect. */
  listRecorded(): Promise<readonly { readonly ref: Ref; readonly recorded: Recorded }[]>;
}

export type OutboxRow = {
  readonly sealed: SealedRecord;
  readonly live: NormalForm | null;
  readonly summary: string;
};

export type LedgerTail = { readonly seq: number; readonly digest: Digest; readonly at: Instant };

/** Records on their way to Git, in order and without gaps. */
export interface OutboxStore {
  /** The oldest unledgered rows, ascending, at most `maxRows`. */
  listPending(maxRows: number): Promise<readonly OutboxRow[]>;
  /** Marks everything up to and including `seq` as durable in Git. */
  markLedgered(fence: Fence, seq: number, commit: Oid): Promise<void>;
  /** How many records wait, and since when the oldest does. */
  readBacklog(): Promise<{ readonly rows: number; readonly oldestAt: Instant | null }>;
  /** The newest record, ledgered or not; null before the first. */
  readTail(): Promise<LedgerTail | null>;
}

/** One zone's store. Never shared between zones. */
export interface ZoneStore {
  readonly lease: LeaseStore;
  readonly admissions: AdmissionStore;
  readonly journal: JournalStore;
  readonly outbox: OutboxStore;
  close(): Promise<void>;
}
