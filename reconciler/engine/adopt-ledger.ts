import { toLiveFile } from '../core/audit/ledger-files.ts';
import { parseLedgerFile } from '../core/audit/parse-ledger-file.ts';
import { parseRecord } from '../core/audit/parse-record.ts';
import { parseTrailers } from '../core/audit/parse-trailers.ts';
import type { LedgerRecord } from '../core/audit/record.ts';
import { CodedError } from '../core/contracts/coded-error.ts';
import type { Digest } from '../core/contracts/digest.ts';
import type { Fence } from '../core/contracts/fence.ts';
import { type Oid, toAuditBranch } from '../core/contracts/git.ts';
import type { NormalForm } from '../core/contracts/normal-form.ts';
import type { CommitInfo, GitReader } from '../ports/git.ts';
import type { SignatureVerifier } from '../ports/ledger-signer.ts';
import type { Intent } from '../ports/store.ts';
import { type LedgerPage, listLedgerPages, readLedgerPage } from './ledger-pages.ts';
import type { ZoneDeps } from './zone-deps.ts';

const MAX_FILE_BYTES = 1024 * 1024;

type Adoption = Pick<ZoneDeps, 'zone' | 'git' | 'store' | 'signer' | 'createVerifier' | 'log'>;

/** The epoch that the ledger ends with, where the store has no record: the next must be above it. */
export async function readLedgerEpoch({ zone, git, store }: Adoption): Promise<number> {
  if ((await store.outbox.readTail()) !== null) return 0;
  const tip = await git.readRef(toAuditBranch(zone));
  if (tip === null) return 0;
  const [bytes] = await git.readFiles([{ commit: tip, path: 'record.json' }], MAX_FILE_BYTES);
  const record = bytes ? parseRecord(new TextDecoder().decode(bytes)) : null;
  return record === null || typeof record === 'string' ? 0 : record.epoch;
}

/**
 * For a store that has admitted nothing: it takes over what the ledger says was done, so that losing
 * a database loses no memory of what was served, given up or removed. What a crash cut short is gone
 * on with. Every record must be of this zone's own signer and follow the one before it to the byte;
 * otherwise nothing is acted on.
 */
export async function adoptLedger(deps: Adoption, fence: Fence): Promise<void> {
  const { zone, git, store, log } = deps;
  const pages = await listLedgerPages(git, zone);
  if (pages.length === 0) return;
  const done = (await store.outbox.readTail())?.seq ?? 0;
  const verifier = deps.createVerifier(`${OWNER} namespaces="git" ${deps.signer.publicKey}\n`);
  let records = 0;
  for (const page of pages) {
    for (const entry of await readPage(git, page)) {
      verify(zone, verifier, entry);
      if (entry.record.seq > done) await adopt(deps, fence, entry);
      records = entry.record.seq;
    }
    await store.outbox.markLedgered(fence, records, page.tip);
  }
  log.write({
    level: 'warn',
    event: 'ledger-adopted',
    message: `the store was empty, and took over ${records} records of the ledger`,
    fields: { zone, records },
  });
}

/** Who signs is told apart by the key alone. */
const OWNER = 'owner@ledger';

type Entry = {
  readonly commit: CommitInfo;
  readonly record: LedgerRecord;
  readonly live: NormalForm | null;
};

async function readPage(git: GitReader, page: LedgerPage): Promise<readonly Entry[]> {
  const commits = await readLedgerPage(git, page);
  const texts = await readTexts(git, commits, () => 'record.json');
  const records = texts.map((text, index) => toRecord(text, commits[index]?.oid ?? ''));
  const lives = await readTexts(git, commits, (at) => {
    const record = records[at];
    return record === undefined ? '' : toLiveFile(record.ref, null).path;
  });
  return commits.flatMap((commit, at) => {
    const record = records[at];
    const text = lives[at] ?? null;
    if (record === undefined) return [];
    return [{ commit, record, live: text === null ? null : parseLedgerFile(text) }];
  });
}

async function readTexts(
  git: GitReader,
  commits: readonly CommitInfo[],
  toPath: (at: number) => string,
): Promise<readonly (string | null)[]> {
  const files = commits.map(({ oid }, at) => ({ commit: oid, path: toPath(at) }));
  const found = await git.readFiles(files, MAX_FILE_BYTES);
  return found.map((bytes) => (bytes === null ? null : new TextDecoder().decode(bytes)));
}

/** Its form is judged by those who verify ledgers; what it says is what the same program wrote. */
function toRecord(text: string | null, commit: Oid): LedgerRecord {
  const parsed = text === null ? 'there is none' : parseRecord(text);
  if (text === null || typeof parsed === 'string') throw damaged(commit, String(parsed));
  return JSON.parse(text) as LedgerRecord;
}

function verify(zone: string, verifier: SignatureVerifier, { commit, record }: Entry): void {
  const { oid, signature, signedPayload } = commit;
  if (record.zone !== zone) throw damaged(oid, `it is of the zone ${record.zone}`);
  const verdict = signature === null ? { state: 'bad' } : verifier.verify(signedPayload, signature);
  if (verdict.state === 'good') return;
  throw new CodedError(
    'P504',
    `the store of ${zone} is empty, and the ledger cannot be taken over: commit ${oid} is not signed by the key of this installation`,
  );
}

async function adopt(
  { store }: Adoption,
  fence: Fence,
  { commit, record, live }: Entry,
): Promise<void> {
  const { v: _v, seq, prev: _prev, ...draft } = record;
  const summary = toSummary(commit.message);
  const opened = await store.journal.openIntent(fence, toIntent(record, summary));
  if (opened !== 'open') throw damaged(commit.oid, `its effect is ${opened} already`);
  const sealed = await store.journal.recordOutcome(fence, { draft, live, summary });
  const trailers = parseTrailers(commit.message);
  if (sealed.record.seq !== seq || sealed.digest !== trailers?.record) {
    throw damaged(commit.oid, 'it does not follow the record before it');
  }
}

/** Enough of an effect to know it by: what it did is over. */
function toIntent(
  { effectId, ref, action, inputs, cause, policyDigest }: LedgerRecord,
  reason: string,
): Intent {
  const { revision, planDigest } = cause;
  return {
    effect: {
      ...{ id: effectId, ref, action, target: {}, targetDigest: inputs['target'] as Digest },
      ...{ class: 'admitted', reason, dependsOn: [], risk: 'none', approvals: [] },
    },
    ...{ admissionSequence: 0, revision, planDigest, policyDigest },
  };
}

/** Behind the verb and the resource: `Update release payments/fraud: why`. */
function toSummary(message: string): string {
  const [title = ''] = message.split('\n', 1);
  return title.slice(title.indexOf(': ') + 2);
}

function damaged(commit: Oid, why: string): CodedError {
  return new CodedError('P501', `commit ${commit} of the ledger holds no valid record: ${why}`);
}
