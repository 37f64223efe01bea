import { parseLedgerFile } from '../core/audit/parse-ledger-file.ts';
import type { LedgerRecord } from '../core/audit/record.ts';
import { CodedError } from '../core/contracts/coded-error.ts';
import { toAuditBranch } from '../core/contracts/git.ts';
import type { NormalForm } from '../core/contracts/normal-form.ts';
import type { GitReader } from '../ports/git.ts';
import type { LedgerEntry } from './commands/audit-log.ts';

const LEDGER_LIMITS = { maxEntries: 250_000, maxPathBytes: 1_024 };
const MAX_FILE_BYTES = 256 * 1024;

/** What the ledger says is live in a zone; null when the zone has no ledger. */
export async function readLiveForms(
  git: GitReader,
  zone: string,
): Promise<readonly NormalForm[] | null> {
  const tip = await git.readRef(toAuditBranch(zone));
  if (tip === null) return null;
  const entries = (await git.listTree(tip, LEDGER_LIMITS)).filter(
    (entry) => entry.type === 'file' && entry.path.startsWith('live/'),
  );
  const blobs = await git.readBlobs(
    entries.map((entry) => entry.oid),
    MAX_FILE_BYTES,
  );
  return entries.map((entry) => {
    const form = parseLedgerFile(new TextDecoder().decode(blobs.get(entry.oid)));
    if (form !== null) return form;
    throw new CodedError('P501', `${entry.path} of the ledger of ${zone} is not a resource`);
  });
}

/** The newest records, newest first, as they stand; `audit verify` says whether they are true. */
export async function readLedgerEntries(
  git: GitReader,
  zone: string,
  maxCount: number,
): Promise<readonly LedgerEntry[]> {
  const tip = await git.readRef(toAuditBranch(zone));
  if (tip === null) return [];
  const commits = await git.listFirstParents(tip, maxCount);
  const files = await git.readFiles(
    commits.map(({ oid }) => ({ commit: oid, path: 'record.json' })),
    MAX_FILE_BYTES,
  );
  return commits.map((commit, index) => ({
    commit: commit.oid,
    title: commit.message.split('\n', 1)[0] ?? '',
    record: parseRecord(files[index] ?? null, commit.oid),
  }));
}

function parseRecord(bytes: Uint8Array | null, commit: string): LedgerRecord {
  try {
    const record = JSON.parse(new TextDecoder().decode(bytes ?? undefined)) as LedgerRecord;
    if (record.v === 1 && typeof record.seq === 'number') return record;
  } catch {
    // Said below: whatever is wrong with it, it is no record.
  }
  throw new CodedError('P501', `commit ${commit} of the ledger holds no valid record`);
}
