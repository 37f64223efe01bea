import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemorySignatureVerifier } from '../../reconciler/adapters/ledger-signer/memory/signature-verifier.ts';
import { verifyLedgerBranch } from '../../reconciler/cli/verify-ledger-branch.ts';
import { formatCommitMessage } from '../../reconciler/core/audit/commit-message.ts';
import type { LedgerRecord, SealedRecord } from '../../reconciler/core/audit/record.ts';
import type { LedgerVerdict } from '../../reconciler/core/audit/verify-ledger.ts';
import { type Oid, toAuditBranch } from '../../reconciler/core/contracts/git.ts';
import type { Checkpoint } from '../../reconciler/ports/anchor.ts';
import {
  type Entry,
  FOREIGN,
  type Ledger,
  START,
  sealNext,
  sealRecords,
  WRITER,
  writeLedger,
  ZONE,
} from '../support/ledger-builder.ts';

const SIGNERS = `ledger@ae namespaces="git" ${WRITER.publicKey}`;
const HONEST: readonly SealedRecord[] = sealRecords(6);
const at = (seq: number): SealedRecord => HONEST[seq - 1] as SealedRecord;
const honestly = (records: readonly SealedRecord[]): Entry[] =>
  records.map((sealed) => ({ sealed }));

function verify(
  ledger: Ledger,
  options: {
    readonly checkpoints?: readonly Checkpoint[];
    readonly strict?: boolean;
    readonly allowedSigners?: string;
    readonly problems?: readonly string[];
  } = {},
): Promise<LedgerVerdict> {
  const { allowedSigners = SIGNERS, checkpoints = [], strict = false, problems = [] } = options;
  const verifier = createMemorySignatureVerifier({ allowedSigners, principal: 'ledger@ae' });
  return verifyLedgerBranch({
    git: ledger.git,
    verifier,
    zone: ZONE,
    checkpoints,
    strict,
    problems,
  });
}

const codes = (verdict: LedgerVerdict) => [...new Set(verdict.findings.map(({ code }) => code))];

describe('ledger verification', () => {
  it('finds nothing in an honest ledger, of one page or of two', async () => {
    for (const count of [0, 1, 6, 1_234]) {
      const ledger = await writeLedger(honestly(sealRecords(count)));
      const verdict = await verify(ledger);
      expect(verdict).toMatchObject({ exitCode: 0, findings: [], records: count });
      expect(verdict.unanchoredSince).toBe(count === 0 ? null : 1);
    }
  });

  it('says what no checkpoint covers, and minds it when it is strict', async () => {
    const ledger = await writeLedger(honestly(HONEST));
    const checkpoints = [ledger.checkpoint(2), ledger.checkpoint(4)];
    expect(await verify(ledger, { checkpoints })).toMatchObject({
      exitCode: 0,
      unanchoredSince: 5,
    });
    const strict = await verify(ledger, { checkpoints, strict: true });
    expect(strict).toMatchObject({ exitCode: 7, unanchoredSince: 5 });
    expect(codes(strict)).toEqual(['P506']);
    const all = [...checkpoints, ledger.checkpoint(6)];
    const covered = await verify(ledger, { checkpoints: all, strict: true });
    expect(covered).toMatchObject({ exitCode: 0, findings: [], unanchoredSince: null });
  });

  const text = at(4).text;
  const message = formatCommitMessage(at(4), 'because');
  const replace = (from: string, to: string) => (whole: string) => whole.replace(from, to);
  const reused = { effectId: at(5).record.effectId };

  it.each<readonly [string, number, string, Entry[]]>([
    [
      'a flipped byte in a record',
      2,
      'P501',
      fourth({ recordText: text.replace('create', 'crebte') }),
    ],
    [
      'a flipped byte in a message',
      5,
      'P504',
      fourth({ editSigned: replace('because', 'becausf') }),
    ],
    ['a flipped byte in a trailer', 2, 'P501', fourth({ editSigned: replace('Seq: 4', 'Seq: 5') })],
    ['a dropped record, without the key', 5, 'P504', dropWithoutKey()],
    ['a dropped record, with the key', 6, 'P505', honestly([at(1), at(2), at(4)])],
    ['a dropped record, renumbered', 2, 'P501', continued({ ...at(5).record, seq: 4 })],
    ['a dropped beginning', 6, 'P505', honestly(HONEST.slice(1))],
    ['two records in the other order', 6, 'P505', honestly([at(1), at(3), at(2), at(4)])],
    ['a record of a foreign key', 5, 'P504', fourth({ signer: FOREIGN })],
    [
      'a record put in between',
      6,
      'P505',
      honestly([at(1), at(2), sealNext(at(1), reused), at(3)]),
    ],
    ['no signature', 5, 'P504', fourth({ signer: null })],
    [
      'a second signature',
      5,
      'P504',
      fourth({ editSigned: replace('gpgsig', 'gpgsig x\ngpgsig') }),
    ],
    ['a signature twice', 5, 'P504', fourth({ editArmor: (armor) => armor + armor })],
    [
      'carriage returns',
      5,
      'P504',
      fourth({ editArmor: (armor) => armor.replaceAll('\n', '\r\n') }),
    ],
    ['one effect twice', 6, 'P505', continued({ effectId: at(2).record.effectId })],
    ['a gap', 6, 'P505', continued({ seq: 5 })],
    ['a number twice', 6, 'P505', continued({ seq: 3, ...reused })],
    ['another record before it', 2, 'P501', continued({ prev: at(1).digest })],
    ['an epoch that goes back', 2, 'P501', honestly(sealRecords(2, (seq) => ({ epoch: 3 - seq })))],
    ['a record of another zone', 2, 'P501', continued({ zone: 'sa' })],
    ['a merge', 2, 'P501', fourth({ extraParents: ['1'.repeat(40)] })],
    ['no record', 2, 'P501', fourth({ recordText: null })],
    ['no trailers', 2, 'P501', fourth({ message: 'By hand\n' })],
    ['a trailer twice', 2, 'P501', fourth({ message: `${message}Plumbline-Seq: 4\n` })],
    ['foreign trailers', 2, 'P501', fourth({ message: formatCommitMessage(at(5), 'because') })],
    ['a record in another spelling', 2, 'P501', fourth({ recordText: text.replace(',', ', ') })],
    ['a field twice', 2, 'P501', fourth({ recordText: text.replace('{', '{"v":1,') })],
  ])('finds %s: exit code %i, %s', async (_, exitCode, code, entries) => {
    const verdict = await verify(await writeLedger(entries));
    expect(verdict.exitCode).toBe(exitCode);
    expect(codes(verdict)).toContain(code);
  });

  it('finds a branch moved back, and one that is gone', async () => {
    const ledger = await writeLedger(honestly(HONEST));
    const checkpoints = [ledger.checkpoint(5)];
    ledger.git.setRef(toAuditBranch(ZONE), ledger.commits[3] as Oid);
    expect(await verify(ledger)).toMatchObject({ exitCode: 0 });
    const verdict = await verify(ledger, { checkpoints });
    expect(verdict.exitCode).toBe(3);
    expect(codes(verdict)).toEqual(['P502']);
    ledger.git.setRef(toAuditBranch(ZONE), null);
    expect(await verify(ledger, { checkpoints })).toMatchObject({ exitCode: 3, records: 0 });
  });

  it('finds a history rewritten with the key, once it was anchored', async () => {
    const honest = await writeLedger(honestly(HONEST));
    const rewritten = sealRecords(6, (seq) => (seq === 3 ? { action: 'delete' } : {}));
    const ledger = await writeLedger(honestly(rewritten));
    expect(await verify(ledger)).toMatchObject({ exitCode: 0 });
    expect(await verify(ledger, { checkpoints: [honest.checkpoint(2)] })).toMatchObject({
      exitCode: 0,
    });
    const verdict = await verify(ledger, { checkpoints: [honest.checkpoint(5)] });
    expect(verdict.exitCode).toBe(4);
    expect(codes(verdict)).toEqual(['P503']);
  });

  it('takes checkpoints of other zones for nothing', async () => {
    const ledger = await writeLedger(honestly(HONEST));
    const other = { ...ledger.checkpoint(6), zone: 'sa', seq: 99 };
    expect(await verify(ledger, { checkpoints: [other] })).toMatchObject({ exitCode: 0 });
  });

  it('does not let a retired key date records back past a checkpoint', async () => {
    const backdated = sealNext(at(6), { at: at(5).record.at });
    const ledger = await writeLedger(honestly([...HONEST, backdated]));
    const retired = new Date(START + 6.5 * 3_600_000).toISOString().replace(/[-:T]|\.\d+/g, '');
    const allowedSigners = `ledger@ae valid-before="${retired}" ${WRITER.publicKey}`;
    expect(await verify(ledger, { allowedSigners })).toMatchObject({ exitCode: 0 });
    const late = { ...ledger.checkpoint(6), at: START + 8 * 3_600_000 };
    const verdict = await verify(ledger, { allowedSigners, checkpoints: [late] });
    expect(verdict.exitCode).toBe(5);
    expect(verdict.findings).toHaveLength(1);
  });

  it('judges what it can read when something is missing, and what others found', async () => {
    const ledger = await writeLedger([
      { sealed: at(1), extraParents: ['1'.repeat(40)] },
      { sealed: at(2) },
    ]);
    expect(await verify(ledger)).toMatchObject({ exitCode: 2 });
    const whole = await writeLedger(honestly(HONEST));
    const verdict = await verify(whole, { problems: ['bad tree'] });
    expect(verdict).toMatchObject({ exitCode: 2, records: 6 });
    expect(verdict.findings[0]?.message).toBe('bad tree');
  });

  it('lists a bounded number of findings', async () => {
    const ledger = await writeLedger(honestly(sealRecords(150)));
    const verdict = await verify(ledger, { allowedSigners: '' });
    expect(verdict.findings).toHaveLength(100);
    expect(verdict.omittedFindings).toBe(50);
  });

  it('finds whatever the holder of the key removes, moves or repeats', async () => {
    const place = fc.nat({ max: 5 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('remove', 'move', 'repeat'),
        place,
        place,
        async (act, from, to) => {
          const records = [...HONEST];
          const [one] = records.splice(from, act === 'repeat' ? 0 : 1);
          if (act !== 'remove') records.splice(to, 0, one ?? (records[from] as SealedRecord));
          const isSame =
            records.length === 6 && records.every((record, index) => record === HONEST[index]);
          const isEndCut = act === 'remove' && from === 5;
          const verdict = await verify(await writeLedger(honestly(records)));
          expect(verdict.exitCode === 0).toBe(isSame || isEndCut);
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** Three honest records and a fourth that is changed after it was sealed. */
function fourth(change: Omit<Entry, 'sealed'>): Entry[] {
  return [...honestly(HONEST.slice(0, 3)), { sealed: at(4), ...change }];
}

/** Three honest records and a fourth that the writer itself made wrong. */
function continued(change: Partial<LedgerRecord>): Entry[] {
  return [...honestly(HONEST.slice(0, 3)), { sealed: sealNext(at(3), change) }];
}

/** Somebody without the key hangs the rest of the chain below an earlier commit. */
function dropWithoutKey(): Entry[] {
  const rewrite = (whole: string) => whole.replace('committer Plumbline', 'committer plumbline');
  const kept = honestly(HONEST.filter((one) => one !== at(3)));
  return kept.map((entry, index) => (index < 2 ? entry : { ...entry, editSigned: rewrite }));
}
