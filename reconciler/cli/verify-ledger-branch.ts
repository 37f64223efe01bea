import { createEarliestTime } from '../core/audit/earliest-time.ts';
import type { SshVerdict } from '../core/audit/judge-signature.ts';
import { parseRecord } from '../core/audit/parse-record.ts';
import {
  createLedgerCheck,
  type LedgerCommit,
  type LedgerVerdict,
} from '../core/audit/verify-ledger.ts';
import { CodedError } from '../core/contracts/coded-error.ts';
import type { Instant } from '../core/contracts/instant.ts';
import { decodeUtf8 } from '../core/contracts/utf8.ts';
import { type LedgerPage, listLedgerPages, readLedgerPage } from '../engine/ledger-pages.ts';
import type { Checkpoint } from '../ports/anchor.ts';
import type { CommitInfo, GitReader } from '../ports/git.ts';
import type { SignatureVerifier } from '../ports/ledger-signer.ts';

const MAX_RECORD_BYTES = 1024 * 1024;

export type LedgerVerification = {
  readonly git: GitReader;
  readonly verifier: SignatureVerifier;
  readonly zone: string;
  /** Where the ledger was seen before: from the anchor, or one that the auditor brought along. */
  readonly checkpoints: readonly Checkpoint[];
  readonly strict: boolean;
  /** What a check of the repository's objects found, if one was made. */
  readonly problems?: readonly string[];
  readonly onProgress?: (records: number) => void;
};

/** Reads a zone's ledger through the port, never more than a page at a time, and judges it. */
export async function verifyLedgerBranch(input: LedgerVerification): Promise<LedgerVerdict> {
  const { zone, strict } = input;
  const checkpoints = input.checkpoints
    .filter((checkpoint) => checkpoint.zone === zone)
    .sort((left, right) => left.seq - right.seq);
  const check = createLedgerCheck({ zone, strict, checkpoints });
  const toTime = createEarliestTime(checkpoints);
  for (const problem of input.problems ?? []) check.addDamage(problem);
  try {
    let records = 0;
    for (const page of await listLedgerPages(input.git, zone)) {
      for (const commit of await readPage(input, page, toTime)) check.add(commit);
      records += page.count;
      input.onProgress?.(records);
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    check.addDamage(error.message);
  }
  return check.finish();
}

/** What cannot be read of a ledger is a finding and no reason to stop without a verdict. */
function isDamage(error: unknown): error is CodedError {
  return error instanceof CodedError && (error.code === 'P404' || error.code === 'P104');
}

async function readPage(
  input: LedgerVerification,
  page: LedgerPage,
  toTime: (record: { readonly seq: number; readonly at: Instant }) => Instant,
): Promise<readonly LedgerCommit[]> {
  const { git, verifier } = input;
  const commits = await readLedgerPage(git, page);
  const files = await git.readFiles(
    commits.map(({ oid }) => ({ commit: oid, path: 'record.json' })),
    MAX_RECORD_BYTES,
  );
  return commits.map((commit, index) => {
    const bytes = files[index] ?? null;
    const recordText = bytes === null ? null : decodeUtf8(bytes);
    const record = recordText === null ? null : parseRecord(recordText);
    const at = record === null || typeof record === 'string' ? undefined : toTime(record);
    const { oid, parents, message } = commit;
    return { oid, parents, message, recordText, signature: judge(verifier, commit, at) };
  });
}

function judge(verifier: SignatureVerifier, commit: CommitInfo, at?: Instant): SshVerdict {
  if (commit.signature === null) return { state: 'bad', why: 'there is none' };
  return verifier.verify(commit.signedPayload, commit.signature, at);
}
