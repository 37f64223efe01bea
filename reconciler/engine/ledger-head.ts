import { parseTrailers } from '../core/audit/parse-trailers.ts';
import { CodedError } from '../core/contracts/coded-error.ts';
import type { Digest } from '../core/contracts/digest.ts';
import { type Oid, toAuditBranch } from '../core/contracts/git.ts';
import type { ZoneDeps } from './zone-deps.ts';

/** The newest ledger commit, as Git has it. */
export type LedgerHead = { readonly commit: Oid; readonly seq: number; readonly record: Digest };

export async function readLedgerHead(deps: ZoneDeps): Promise<LedgerHead | null> {
  const commit = await deps.git.readRef(toAuditBranch(deps.zone));
  if (commit === null) return null;
  const trailers = parseTrailers((await deps.git.readCommit(commit)).message);
  if (trailers === null) {
    throw new CodedError('P503', `the ledger's tip ${commit} is not a ledger commit`, {
      details: { zone: deps.zone },
    });
  }
  return { commit, seq: trailers.seq, record: trailers.record };
}

/** Refuses to act when Git does not hold what the store says was written, or holds more. */
export async function checkLedgerHead(deps: ZoneDeps): Promise<void> {
  const head = await readLedgerHead(deps);
  const [next] = await deps.store.outbox.listPending(1);
  const tail = await deps.store.outbox.readTail();
  const tailSeq = tail?.seq ?? 0;
  const headSeq = head?.seq ?? 0;
  const ledgered = next === undefined ? tailSeq : next.sealed.record.seq - 1;
  if (headSeq < ledgered) throw toTruncated(deps, headSeq, ledgered);
  if (head === null) return;
  if (headSeq > tailSeq || (headSeq === tailSeq && head.record !== tail?.digest)) {
    throw toForked(deps, head);
  }
}

export function toTruncated(deps: ZoneDeps, headSeq: number, wantedSeq: number): CodedError {
  return new CodedError(
    'P502',
    `the ledger of ${deps.zone} ends at record ${headSeq}, but ${wantedSeq} were written to it`,
    { details: { zone: deps.zone, headSeq, wantedSeq } },
  );
}

export function toForked(deps: ZoneDeps, head: LedgerHead): CodedError {
  return new CodedError(
    'P503',
    `the ledger of ${deps.zone} holds a record ${head.seq} that this store did not write`,
    { details: { zone: deps.zone, seq: head.seq, commit: head.commit } },
  );
}
