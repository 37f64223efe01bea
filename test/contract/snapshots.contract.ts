import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isCodedError } from '../../reconciler/core/contracts/coded-error.ts';
import { digestJson } from '../../reconciler/core/contracts/digest.ts';
import type { ErrorCode } from '../../reconciler/core/contracts/error-codes.ts';
import { checkContract } from '../../reconciler/core/contracts/parse-contract.ts';
import type { SourceDefinition } from '../../reconciler/core/features/source-definition.ts';
import type { Snapshots } from '../../reconciler/ports/snapshots.ts';
import { toColumn } from '../support/ingest-files.ts';

export type SnapshotsHarness = {
  readonly snapshots: Snapshots;
  /** Writes, or replaces, an input file and returns its path. */
  readonly write: (name: string, text: string) => Promise<string>;
  readonly removeInput: (name: string) => Promise<void>;
  /** Damages, or takes away, a stored file behind the adapter's back. */
  readonly damage: (rowsFile: string) => Promise<void>;
  readonly lose: (rowsFile: string) => Promise<void>;
  /** The same place, opened anew. */
  readonly reopen: () => Snapshots;
  readonly close: () => Promise<void>;
};

export const PAYMENTS: SourceDefinition = {
  v: 1,
  source: 'payments/transactions',
  format: 'csv',
  columns: [
    toColumn('customer', 'string'),
    toColumn('at', 'timestamp'),
    toColumn('amount', 'float64', { minimum: 0 }),
    toColumn('note', 'string', { nullable: true }),
  ],
  eventTime: 'at',
  availability: { delaySeconds: 60 },
  maxQuarantinedPercent: 50,
};

const HEADER = 'customer,at,amount,note,more';
export const FIRST_ROW = 'c-1,2026-01-01T00:00:00Z,1.5,,x';
export const SECOND_ROW = 'c-2,2026-01-02T00:00:00+04:00,20,"a ""quoted"", note",y';
const BAD_ROW = 'c-3,2026-01-03T00:00:00Z,-1,,z';

export const toCsv = (...rows: readonly string[]) => `${[HEADER, ...rows].join('\n')}\n`;

export async function expectCode(code: ErrorCode, promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(isCodedError(error, code), String(error)).toBe(true);
  return String(error);
}

/** What stores of snapshots promise. Inputs are CSV, which every adapter reads. */
export function describeSnapshots(name: string, make: () => Promise<SnapshotsHarness>): void {
  describe(`snapshots: ${name}`, () => {
    let harness: SnapshotsHarness;
    beforeEach(async () => {
      harness = await make();
    });
    afterEach(() => harness.close());
    describeAccepting(() => harness);
    describeCurrency(() => harness);
    describeFinding(() => harness);
  });
}

function describeAccepting(harness: () => SnapshotsHarness): void {
  it('accepts good rows, counts bad ones by reason, and says how far it reaches', async () => {
    const { snapshots, write } = harness();
    const file = await write('a.csv', toCsv(FIRST_ROW, SECOND_ROW, BAD_ROW));
    const { record } = await snapshots.accept(PAYMENTS, file);
    expect(checkContract('SnapshotRecord', record).state).toBe('valid');
    expect(record).toMatchObject({
      source: 'payments/transactions',
      sourceDigest: digestJson(PAYMENTS),
      rows: 2,
      quarantined: [{ reason: 'amount is below the minimum', rows: 1 }],
      watermark: {
        eventTime: '2026-01-01T20:00:00.000000Z',
        availableTime: '2026-01-01T20:01:00.000000Z',
      },
    });
  });

  it('gives the same digest for the same file, and for the same rows in another order', async () => {
    const { snapshots, write } = harness();
    const file = await write('a.csv', toCsv(FIRST_ROW, SECOND_ROW));
    const turned = await write('b.csv', toCsv(SECOND_ROW, FIRST_ROW));
    const first = await snapshots.accept(PAYMENTS, file);
    expect(await snapshots.accept(PAYMENTS, file)).toEqual(first);
    const second = await snapshots.accept(PAYMENTS, turned);
    expect(second.record.digest).toBe(first.record.digest);
    expect(second.record.inputDigest).not.toBe(first.record.inputDigest);
  });

  it('gives another digest for other rows', async () => {
    const { snapshots, write } = harness();
    const one = await snapshots.accept(PAYMENTS, await write('a.csv', toCsv(FIRST_ROW)));
    const other = await snapshots.accept(PAYMENTS, await write('a.csv', toCsv(SECOND_ROW)));
    expect(other.record.digest).not.toBe(one.record.digest);
    expect((await snapshots.readAccepted(PAYMENTS.source))?.record).toEqual(other.record);
    expect((await snapshots.find(PAYMENTS.source, one.record.digest)).record).toEqual(one.record);
  });

  it('accepts a file without rows', async () => {
    const { snapshots, write } = harness();
    const { record } = await snapshots.accept(PAYMENTS, await write('a.csv', toCsv()));
    expect(record).toMatchObject({ rows: 0, watermark: { eventTime: null, availableTime: null } });
  });

  it('refuses a file as a whole, and keeps the snapshot of before', async () => {
    const { snapshots, write } = harness();
    const { record } = await snapshots.accept(PAYMENTS, await write('a.csv', toCsv(FIRST_ROW)));
    const refused = [
      toCsv(FIRST_ROW, BAD_ROW, BAD_ROW),
      '',
      'customer,at,note\n',
      toCsv('too,few'),
      toCsv(`${FIRST_ROW},"never closed`),
      `${HEADER}\n\u0000${FIRST_ROW}\n`,
    ];
    for (const text of refused) {
      await expectCode('P801', snapshots.accept(PAYMENTS, await write('b.csv', text)));
    }
    await harness().removeInput('b.csv');
    await expectCode('P801', snapshots.accept(PAYMENTS, await missing(harness())));
    expect((await snapshots.readAccepted(PAYMENTS.source))?.record).toEqual(record);
  });

  it('names the reasons and the rows, and never a value, when too many rows are bad', async () => {
    const { snapshots, write } = harness();
    const worse = BAD_ROW.replace('-1', '-1234567');
    const one = await write('a.csv', toCsv(worse));
    const message = await expectCode('P801', snapshots.accept(PAYMENTS, one));
    expect(message).toContain('1 of 1 rows are bad');
    expect(message).toContain('amount is below the minimum (1, in row 1)');
    expect(message).not.toContain('1234567');
    const rows = [worse, FIRST_ROW, worse, worse, FIRST_ROW.replace(/^[^,]*/, ''), worse];
    const many = await write('b.csv', toCsv(...rows));
    const said = await expectCode('P801', snapshots.accept(PAYMENTS, many));
    expect(said).toContain('amount is below the minimum (4, first in rows 1, 3, 4), ');
    expect(said).toContain(' is missing (1, in row 5); the first row below the header is row 1');
  });

  it('keeps sources apart', async () => {
    const { snapshots, write } = harness();
    const file = await write('a.csv', toCsv(FIRST_ROW));
    const others = { ...PAYMENTS, source: 'payments/other' };
    const { record } = await snapshots.accept(PAYMENTS, file);
    expect(await snapshots.readAccepted('payments/other')).toBeNull();
    await expectCode('P802', snapshots.find('payments/other', record.digest));
    await snapshots.accept(others, file);
    await snapshots.remove('payments/other');
    expect((await snapshots.readAccepted(PAYMENTS.source))?.record).toEqual(record);
  });
}

/** The path of a file that was there and is not any more. */
async function missing(harness: SnapshotsHarness): Promise<string> {
  const path = await harness.write('gone.csv', toCsv());
  await harness.removeInput('gone.csv');
  return path;
}

function describeCurrency(harness: () => SnapshotsHarness): void {
  it('is current until the file, the definition or the rows change', async () => {
    const { snapshots, write } = harness();
    const file = await write('a.csv', toCsv(FIRST_ROW));
    expect(await snapshots.isCurrent(PAYMENTS, file)).toBe(false);
    const { rowsFile } = await snapshots.accept(PAYMENTS, file);
    expect(await snapshots.isCurrent(PAYMENTS, file)).toBe(true);
    const stricter = { ...PAYMENTS, maxQuarantinedPercent: 0 };
    expect(await snapshots.isCurrent(stricter, file)).toBe(false);
    await write('a.csv', toCsv(FIRST_ROW.replace('1.5', '2.5')));
    expect(await snapshots.isCurrent(PAYMENTS, file)).toBe(false);
    await write('a.csv', toCsv(FIRST_ROW));
    expect(await snapshots.isCurrent(PAYMENTS, file)).toBe(true);
    await harness().lose(rowsFile);
    expect(await snapshots.isCurrent(PAYMENTS, file)).toBe(false);
  });

  it('is current for a copy elsewhere, and not when the file is gone', async () => {
    const { snapshots, write } = harness();
    const file = await write('a.csv', toCsv(FIRST_ROW));
    await snapshots.accept(PAYMENTS, file);
    expect(await snapshots.isCurrent(PAYMENTS, await write('b.csv', toCsv(FIRST_ROW)))).toBe(true);
    await harness().removeInput('a.csv');
    expect(await snapshots.isCurrent(PAYMENTS, file)).toBe(false);
  });
}

function describeFinding(harness: () => SnapshotsHarness): void {
  it('finds what it accepted, also when it is opened anew', async () => {
    const { snapshots, write } = harness();
    expect(await snapshots.readAccepted(PAYMENTS.source)).toBeNull();
    const stored = await snapshots.accept(PAYMENTS, await write('a.csv', toCsv(FIRST_ROW)));
    for (const opened of [snapshots, harness().reopen()]) {
      expect(await opened.readAccepted(PAYMENTS.source)).toEqual(stored);
      expect(await opened.find(PAYMENTS.source, stored.record.digest)).toEqual(stored);
    }
  });

  it('throws P802 for what was never there, was damaged, or is lost', async () => {
    const { snapshots, write } = harness();
    const file = await write('a.csv', toCsv(FIRST_ROW));
    const { record, rowsFile } = await snapshots.accept(PAYMENTS, file);
    const find = (digest: string) => snapshots.find(PAYMENTS.source, digest);
    await expectCode('P802', find(`sha256:${'0'.repeat(64)}`));
    await expectCode('P802', find('../..'));
    await harness().damage(rowsFile);
    await expectCode('P802', find(record.digest));
    await harness().lose(rowsFile);
    await expectCode('P802', find(record.digest));
    expect(await snapshots.readAccepted(PAYMENTS.source)).toBeNull();
  });

  it('heals what was damaged or lost when the file is accepted again', async () => {
    const { snapshots, write } = harness();
    const file = await write('a.csv', toCsv(FIRST_ROW));
    const stored = await snapshots.accept(PAYMENTS, file);
    for (const act of [harness().damage, harness().lose]) {
      await act(stored.rowsFile);
      expect(await snapshots.accept(PAYMENTS, file)).toEqual(stored);
      expect(await snapshots.find(PAYMENTS.source, stored.record.digest)).toEqual(stored);
    }
  });

  it('forgets a source with all its snapshots, and forgets nothing twice', async () => {
    const { snapshots, write } = harness();
    const file = await write('a.csv', toCsv(FIRST_ROW));
    const { record } = await snapshots.accept(PAYMENTS, file);
    await snapshots.remove(PAYMENTS.source);
    await snapshots.remove(PAYMENTS.source);
    expect(await snapshots.readAccepted(PAYMENTS.source)).toBeNull();
    await expectCode('P802', snapshots.find(PAYMENTS.source, record.digest));
    expect(await snapshots.isCurrent(PAYMENTS, file)).toBe(false);
  });
}
