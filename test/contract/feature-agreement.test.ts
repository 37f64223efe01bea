import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileView } from '../../reconciler/core/features/compile-view.ts';
import {
  type ComputedRow,
  evaluateView,
  type SourceRow,
  type ViewRequest,
} from '../../reconciler/core/features/evaluate-view.ts';
import type { ViewDefinition } from '../../reconciler/core/features/view-definition.ts';
import { toViewValues } from '../../reconciler/core/features/view-values.ts';
import { computeView } from '../../runners/materialize/compute-view.ts';
import type { DuckdbSession } from '../../runners/materialize/duckdb-session.ts';
import {
  BASE_MICROS,
  joinByBruteForce,
  SAMPLE_VIEW,
  sourceRows,
  viewDefinitions,
  viewRequests,
} from '../support/feature-samples.ts';
import {
  makeRowsTable,
  makeSpineTable,
  openTestDuckdb,
  readComputed,
  writeRowsFile,
} from '../support/feature-tables.ts';

const SECOND = 1_000_000;

let folder = '';
let session: DuckdbSession;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-test-features-'));
  session = await openTestDuckdb(folder);
});

afterAll(async () => {
  session.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a view', () => {
  it('has one meaning: compiled, in plain code and by brute force', async () => {
    const property = fc.asyncProperty(
      viewDefinitions,
      sourceRows,
      viewRequests,
      async (definition, rows, requests) => {
        const expected = joinByBruteForce(definition, rows, requests);
        const plain = evaluateView(definition, rows, requests);
        expect(toAnswers(definition, plain, requests)).toEqual(expected);
        const { asked, later } = await askDuckdb(definition, rows, requests);
        expect(later).toEqual(plain);
        expect(asked.map(({ values }) => values)).toEqual(expected.map(({ values }) => values));
      },
    );
    await fc.assert(property, { numRuns: 100 });
  });

  it('is the same in portions of any size', async () => {
    const property = fc.asyncProperty(
      sourceRows,
      viewRequests,
      fc.integer({ min: 1, max: 60 }),
      async (rows, requests, workPerPortion) => {
        const rowsFile = join(folder, 'portions.parquet');
        await writeRowsFile(session, rows, rowsFile);
        await makeSpineTable(session, requests);
        await session.run('DROP TABLE IF EXISTS computed');
        await computeView(session, {
          definition: SAMPLE_VIEW,
          rowsFile,
          spine: 'spine',
          into: 'computed',
          timeToLive: 'asked',
          workPerPortion,
        });
        expect(await readComputed(session, SAMPLE_VIEW, 'computed')).toEqual(
          evaluateView(SAMPLE_VIEW, rows, requests),
        );
      },
    );
    await fc.assert(property, { numRuns: 20 });
  });

  it('does not change at a moment, whatever becomes known after it', async () => {
    const changes = fc.array(
      fc.record({ shift: fc.integer({ min: -30, max: 30 }), amount: fc.integer() }),
      { minLength: 40, maxLength: 40 },
    );
    const property = fc.asyncProperty(
      sourceRows,
      viewRequests.filter((requests) => requests.length > 0),
      changes,
      async (rows, requests, changed) => {
        const atMicros = requests[0]?.atMicros ?? 0;
        const asked = requests.map((request) => ({ ...request, atMicros }));
        const others = rows.map((row, index): SourceRow => {
          const change = changed[index];
          if (row.availableMicros <= atMicros || change === undefined) return row;
          return {
            ...row,
            eventMicros: row.eventMicros + change.shift * SECOND,
            columns: { ...row.columns, amount: change.amount },
          };
        });
        const before = evaluateView(SAMPLE_VIEW, rows, asked);
        expect(evaluateView(SAMPLE_VIEW, others, asked)).toEqual(before);
        expect((await askDuckdb(SAMPLE_VIEW, others, asked)).later).toEqual(before);
      },
    );
    await fc.assert(property, { numRuns: 30 });
  });

  it('sees a value from the moment it arrives, and a correction instead of it from then on', async () => {
    const rows = [
      toRow({ eventSeconds: 1, availableSeconds: 1, amount: 10 }),
      toRow({ eventSeconds: 2, availableSeconds: 9, amount: 20 }),
      toRow({ eventSeconds: 1, availableSeconds: 12, amount: 11 }),
      toRow({ eventSeconds: 2, availableSeconds: 15, amount: 21 }),
    ];
    const definition: ViewDefinition = {
      ...SAMPLE_VIEW,
      features: [
        { name: 'last', kind: 'latest', column: 'amount', categories: null },
        { name: 'sum', kind: 'aggregate', function: 'sum', column: 'amount', windowSeconds: 60 },
      ],
    };
    const moments = [0, 1, 8.999999, 9, 12, 15].map((seconds) => BASE_MICROS + seconds * SECOND);
    const requests = moments.map((atMicros) => ({ keys: ['1', 12n], atMicros }));
    const expected = [
      [null, 0],
      [10, 0],
      [10, 10],
      [20, 30],
      [20, 41],
      [21, 62],
    ];
    const { later } = await askDuckdb(definition, rows, requests);
    expect(later.map(({ values }) => values)).toEqual(expected);
    const plain = evaluateView(definition, rows, requests);
    expect(plain.map(({ values }) => values)).toEqual(expected);
  });

  it('answers a row asked for twice twice', async () => {
    const rows = [toRow({ eventSeconds: 1, availableSeconds: 1, amount: 10 })];
    const request = { keys: ['1', 12n], atMicros: BASE_MICROS + 3 * SECOND };
    const { later } = await askDuckdb(SAMPLE_VIEW, rows, [request, request, request]);
    expect(later).toHaveLength(3);
    expect(new Set(later.map(({ values }) => JSON.stringify(values)))).toHaveLength(1);
  });
});

let sequence = 0;

function toRow(row: {
  readonly eventSeconds: number;
  readonly availableSeconds: number;
  readonly amount: number;
}): SourceRow {
  sequence += 1;
  return {
    eventMicros: BASE_MICROS + row.eventSeconds * SECOND,
    availableMicros: BASE_MICROS + row.availableSeconds * SECOND,
    sequence,
    columns: {
      region: '1',
      account: 12n,
      amount: row.amount,
      quantity: null,
      flag: null,
      kind: null,
    },
  };
}

function toAnswers(
  definition: ViewDefinition,
  computed: readonly ComputedRow[],
  requests: readonly ViewRequest[],
) {
  return computed.map((row, index) =>
    toViewValues(definition, row, requests[index]?.atMicros ?? Number.NaN),
  );
}

async function askDuckdb(
  definition: ViewDefinition,
  rows: readonly SourceRow[],
  requests: readonly ViewRequest[],
) {
  await makeRowsTable(session, rows);
  await makeSpineTable(session, requests);
  const relations = { spine: 'spine', rows: 'rows' };
  const ask = (timeToLive: 'asked' | 'later') =>
    readComputed(session, definition, `(${compileView(definition, relations, timeToLive)})`);
  return { asked: await ask('asked'), later: await ask('later') };
}
