import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CheckedRows,
  checkRows,
} from '../../reconciler/adapters/snapshots/memory/check-rows.ts';
import { readCsv } from '../../reconciler/adapters/snapshots/memory/read-csv.ts';
import { isCodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type {
  SourceColumn,
  SourceDefinition,
} from '../../reconciler/core/features/source-definition.ts';
import { toSqlName } from '../../reconciler/core/features/sql-text.ts';
import { anyCsv } from '../support/any-csv.ts';
import {
  createIngestFiles,
  findRefusal,
  GOOD,
  HEADER,
  type Ingested,
  type IngestFiles,
  SOURCE,
} from '../support/ingest-files.ts';

let files: IngestFiles;
beforeEach(async () => {
  files = await createIngestFiles();
});
afterEach(() => files.close());

describe('ingest: laws', () => {
  it('accepts the rows that a plain reader accepts, and counts what it counts', async () => {
    const law = fc.asyncProperty(anyCsv, async ({ source, text }) => {
      const expected = readPlainly(source, text);
      const ingesting = files.ingestText(source, text);
      if (expected === null) {
        expect(await findRefusal(ingesting)).not.toBeNull();
        return;
      }
      const { record, output } = await ingesting;
      const { reasons } = expected.found;
      expect(record.quarantined).toHaveLength(reasons.length);
      for (const { reason, rows } of record.quarantined) {
        expect(reasons.find((one) => one.reason === reason)?.rows, reason).toBe(rows);
      }
      const rows = await readRows(source, output);
      expect(rows.map(({ values }) => values).sort()).toEqual(
        expected.rows.map((row) => JSON.stringify(row.map(toText))).sort(),
      );
      expectOrdered(rows);
    });
    await fc.assert(law, { numRuns: 60 });
  });

  it('gives the same bytes whatever the order of the rows', async () => {
    const row = fc
      .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 }))
      .map(
        ([second, amount]) => `a,2026-01-01T00:00:0${second}Z,2026-01-02T00:00:00Z,${amount},,,`,
      );
    const rows = fc.array(row, { maxLength: 8 });
    const both = rows.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    const law = fc.asyncProperty(both, async ([list, shuffled]) => {
      const first = await files.ingestText(SOURCE, [HEADER, ...list].join('\n'));
      const second = await files.ingestText(SOURCE, [HEADER, ...shuffled].join('\n'));
      const read = ({ output }: Ingested) => readFile(join(output, 'rows.parquet'));
      expect(await read(second)).toEqual(await read(first));
      expect(second.record.digest).toBe(first.record.digest);
    });
    await fc.assert(law, { numRuns: 15 });
  });

  it('knows one zero', async () => {
    const zero = await files.ingestText(SOURCE, `${HEADER}\n${GOOD.replace('1.5', '0')}\n`);
    const minus = await files.ingestText(SOURCE, `${HEADER}\n${GOOD.replace('1.5', '-0.0')}\n`);
    expect(minus.record.digest).toBe(zero.record.digest);
  });
});

function readPlainly(source: SourceDefinition, text: string): CheckedRows | null {
  try {
    return checkRows(source, readCsv(Buffer.from(text)));
  } catch (error) {
    if (isCodedError(error, 'P801')) return null;
    throw error;
  }
}

type ReadRow = {
  readonly values: string;
  readonly event: bigint;
  readonly available: bigint;
  readonly sequence: bigint;
};

async function readRows(source: SourceDefinition, output: string): Promise<readonly ReadRow[]> {
  const toSql = ({ name, type }: SourceColumn) =>
    type === 'timestamp' ? `epoch_us(${toSqlName(name)}) AS ${toSqlName(name)}` : toSqlName(name);
  const rows = await files.query(`
    SELECT ${source.columns.map(toSql).join(', ')}, epoch_us(__available_at) AS available,
      epoch_us("${source.eventTime}") AS event, __sequence AS sequence
    FROM '${join(output, 'rows.parquet')}'`);
  return rows.map((row) => ({
    values: JSON.stringify(
      [...source.columns.map(({ name }) => row[name]), row['available']].map(toText),
    ),
    event: row['event'] as bigint,
    available: row['available'] as bigint,
    sequence: row['sequence'] as bigint,
  }));
}

function toText(value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function expectOrdered(rows: readonly ReadRow[]): void {
  rows.forEach((row, index) => {
    expect(row.sequence).toBe(BigInt(index));
    const before = rows[index - 1];
    if (before === undefined) return;
    const isLater = before.event < row.event;
    expect(isLater || (before.event === row.event && before.available <= row.available)).toBe(true);
  });
}
