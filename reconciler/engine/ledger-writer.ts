import { formatCommitMessage } from '../core/audit/commit-message.ts';
import { toDesiredFiles, toLiveFile } from '../core/audit/ledger-files.ts';
import { isCodedError } from '../core/contracts/coded-error.ts';
import { type Oid, toAuditBranch } from '../core/contracts/git.ts';
import { parseRfc3339 } from '../core/contracts/instant.ts';
import type { CommitDraft, FileChange } from '../ports/git.ts';
import type { OutboxRow } from '../ports/store.ts';
import { createLedgerAnchors, type LedgerAnchors } from './ledger-anchors.ts';
import { type LedgerHead, readLedgerHead, toForked, toTruncated } from './ledger-head.ts';
import type { IndexedAdmission, TermState } from './term-state.ts';
import type { ZoneDeps } from './zone-deps.ts';

/** One pack and one reference move for up to this many records. */
const BATCH_ROWS = 64;

/** The ledger names a role, not a person. */
const AUTHOR = { name: 'Plumbline', email: 'plumbline@localhost' };

/** Files below `desired/` as the branch holds them; null when only the path is known. */
type DesiredFiles = ReadonlyMap<string, string | null>;

type WantedFiles = {
  readonly admission: IndexedAdmission | null;
  readonly files: ReadonlyMap<string, string>;
};

export type LedgerWriter = {
  /** Moves records from the store to Git, oldest first; true when there may be more. */
  readonly drain: () => Promise<boolean>;
  readonly anchors: LedgerAnchors;
};

export function createLedgerWriter(deps: ZoneDeps, term: TermState): LedgerWriter {
  const anchors = createLedgerAnchors(deps);
  let written: DesiredFiles | null = null;
  let wanted: WantedFiles = { admission: null, files: new Map() };

  /** Writing thousands of forms as text is done once for an admission, and not for each batch. */
  const readWanted = (): ReadonlyMap<string, string> => {
    const { admission } = term;
    if (admission !== wanted.admission) {
      wanted = { admission, files: toDesiredFiles(admission?.admission.desired ?? []) };
    }
    return wanted.files;
  };

  const appendRows = async (head: LedgerHead | null, rows: readonly OutboxRow[]): Promise<Oid> => {
    const desired = readWanted();
    const before = written ?? (await listDesiredFiles(deps, head));
    const drafts = rows.map((row, index) =>
      toDraft(row, index === 0 ? toDesiredChanges(before, desired) : []),
    );
    const branch = toAuditBranch(deps.zone);
    const expectedTip = head?.commit ?? null;
    const oids = await deps.git.append({ branch, expectedTip, drafts, signer: deps.signer });
    written = desired;
    return oids.at(-1) as Oid;
  };

  const drain = async (): Promise<boolean> => {
    const pending = await deps.store.outbox.listPending(BATCH_ROWS);
    if (pending.length === 0) return false;
    const head = await readLedgerHead(deps);
    const rows = pending.filter((row) => row.sealed.record.seq > (head?.seq ?? 0));
    const last = rows.at(-1);
    if (last === undefined) {
      if (head !== null) await deps.store.outbox.markLedgered(term.fence, head.seq, head.commit);
      return true;
    }
    checkContinues(deps, head, rows[0] as OutboxRow);
    try {
      const commit = await appendRows(head, rows);
      const { record, digest } = last.sealed;
      await deps.store.outbox.markLedgered(term.fence, record.seq, commit);
      await anchors.offer({ seq: record.seq, record: digest, commit });
    } catch (error) {
      if (!isCodedError(error, 'P405')) throw error;
      written = null;
    }
    return true;
  };

  return { drain, anchors };
}

function checkContinues(deps: ZoneDeps, head: LedgerHead | null, first: OutboxRow): void {
  const { seq, prev } = first.sealed.record;
  if (seq !== (head?.seq ?? 0) + 1) throw toTruncated(deps, head?.seq ?? 0, seq - 1);
  if (head !== null && prev !== head.record) throw toForked(deps, head);
}

function toDraft(row: OutboxRow, desired: readonly FileChange[]): CommitDraft {
  const { sealed, live, summary } = row;
  const file = toLiveFile(sealed.record.ref, live);
  const at = parseRfc3339(sealed.record.at);
  if (at === null) throw new Error(`record ${sealed.record.seq} has no valid time`);
  return {
    message: formatCommitMessage(sealed, summary),
    author: AUTHOR,
    epochSeconds: Math.floor(at / 1000),
    changes: [...desired, toChange(file.path, file.text), toChange('record.json', sealed.text)],
  };
}

/** The first commit after an admission carries what is desired from then on. */
function toDesiredChanges(
  before: DesiredFiles,
  wanted: ReadonlyMap<string, string>,
): readonly FileChange[] {
  if (before === wanted) return [];
  const changed = [...wanted].filter(([path, text]) => before.get(path) !== text);
  const removed = [...before.keys()].filter((path) => !wanted.has(path));
  return [
    ...changed.map(([path, text]) => toChange(path, text)),
    ...removed.map((path) => toChange(path, null)),
  ];
}

function toChange(path: string, text: string | null): FileChange {
  return { path, content: text === null ? null : new TextEncoder().encode(text) };
}

/** A zone of 100,000 resources has two files for each, and no path is longer than 1 KiB. */
const LEDGER_LIMITS = { maxEntries: 250_000, maxPathBytes: 1_024 };

async function listDesiredFiles(deps: ZoneDeps, head: LedgerHead | null): Promise<DesiredFiles> {
  if (head === null) return new Map();
  const entries = await deps.git.listTree(head.commit, LEDGER_LIMITS);
  const paths = entries.map((entry) => entry.path).filter((path) => path.startsWith('desired/'));
  return new Map(paths.map((path) => [path, null]));
}
