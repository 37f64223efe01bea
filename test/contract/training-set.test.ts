import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createProcessProgramRunner } from '../../reconciler/adapters/program-runner/process/program-runner.ts';
import type { FeatureContract } from '../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import type { JsonObject } from '../../reconciler/core/contracts/json.ts';
import type {
  TrainingSetJob,
  TrainingSetSummary,
} from '../../reconciler/core/contracts/runner-jobs.ts';
import { toDefinitionDigest } from '../../reconciler/core/features/contract.ts';
import type { SourceDefinition } from '../../reconciler/core/features/source-definition.ts';
import { toSqlText } from '../../reconciler/core/features/sql-text.ts';
import type { ViewDefinition } from '../../reconciler/core/features/view-definition.ts';
import type { DuckdbSession } from '../../runners/materialize/duckdb-session.ts';
import { makeTrainingSet } from '../../runners/materialize/training-set.ts';
import { openTestDuckdb } from '../support/feature-tables.ts';

const PROGRAM = new URL('../../runners/materialize/main.ts', import.meta.url);

const DAY_SECONDS = 86_400;

const column = (name: string, type: SourceDefinition['columns'][number]['type']) => ({
  ...{ name, type, nullable: true },
  ...{ minimum: null, maximum: null, values: null },
});

const LABELS: SourceDefinition = {
  v: 1,
  source: 'payments/labelled',
  format: 'csv',
  columns: [
    column('customer', 'string'),
    column('event_time', 'timestamp'),
    column('known', 'timestamp'),
    column('amount', 'float64'),
    column('channel', 'string'),
    column('segment', 'string'),
    column('is_fraud', 'boolean'),
  ],
  eventTime: 'event_time',
  availability: { column: 'known' },
  maxQuarantinedPercent: 1,
};

const VIEW: ViewDefinition = {
  v: 1,
  view: 'payments/activity',
  source: 'payments/transactions',
  keys: [{ name: 'customer', type: 'string' }],
  eventTime: 'happened',
  availability: { column: 'known' },
  timeToLiveSeconds: 30 * DAY_SECONDS,
  features: [
    {
      name: 'sum_2d',
      kind: 'aggregate',
      function: 'sum',
      column: 'paid',
      windowSeconds: 2 * DAY_SECONDS,
    },
    { name: 'last_paid', kind: 'latest', column: 'paid', categories: null },
  ],
};

const CONTRACT: FeatureContract = {
  v: 1,
  views: [
    {
      view: VIEW.view,
      definitionDigest: toDefinitionDigest(VIEW),
      keys: ['customer'],
      timeToLiveSeconds: VIEW.timeToLiveSeconds,
    },
  ],
  features: [
    { name: 'last_paid', view: VIEW.view, kind: 'number', categories: [] },
    { name: 'amount', view: null, kind: 'number', categories: [] },
    { name: 'sum_2d', view: VIEW.view, kind: 'number', categories: [] },
    { name: 'way', view: null, kind: 'category', categories: ['chip', 'online'] },
  ],
};

type Label = {
  readonly day: number;
  readonly fraud: boolean | null;
  readonly knownDay?: number;
  readonly customer?: string;
  readonly amount?: number | null;
  readonly channel?: string | null;
};

/** Day 0 to day 40: the test is on days 25 to 30, for labels take ten days. */
const AS_OF_DAY = 40;

let folder = '';
let session: DuckdbSession;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-test-training-'));
  session = await openTestDuckdb(join(folder, 'spill'));
});

afterEach(async () => {
  session.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a training set', () => {
  it('has each label with its features as they were known then', async () => {
    await writeLabels([
      { day: 1, fraud: false, amount: 5, channel: 'chip' },
      { day: 3, fraud: true, amount: null, channel: 'post' },
      { day: 3, fraud: true, customer: 'stranger', amount: 1e300, channel: null },
      ...FILLERS,
    ]);
    await writeTransactions([
      { day: 0.5, knownDay: 0.5, paid: 10 },
      { day: 0.75, knownDay: 2, paid: 20 },
      // Exactly at the edge of the window of day 3, and one too late for anybody.
      { day: 1, knownDay: 1, paid: 40 },
      { day: 2, knownDay: 39, paid: 1000 },
    ]);
    await make();
    const rows = await readSplit('train');
    expect(rows.slice(0, 3)).toEqual([
      { last_paid: 40, amount: 5, sum_2d: 10, way: 0, label: 0 },
      { last_paid: 40, amount: null, sum_2d: 40, way: -1, label: 1 },
      { last_paid: null, amount: Infinity, sum_2d: 0, way: null, label: 1 },
    ]);
    const types = await session.readRows(
      `SELECT column_name AS name, column_type AS type FROM (DESCRIBE FROM '${toFile('test')}')`,
    );
    expect(types.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'last_paid FLOAT',
      'amount FLOAT',
      'sum_2d FLOAT',
      'way FLOAT',
      'label INTEGER',
      'slice_segment VARCHAR',
    ]);
  });

  it('leaves out what is too old, too young, not labelled or labelled too late', async () => {
    const microsecond = 1 / (DAY_SECONDS * 1e6);
    await writeLabels([
      ...FILLERS,
      { day: 0, fraud: true, amount: 101 },
      { day: -microsecond, fraud: true, amount: 102 },
      { day: 30, fraud: true, amount: 103 },
      { day: 30 + microsecond, fraud: true, amount: 104 },
      { day: 29, fraud: true, knownDay: AS_OF_DAY, amount: 105 },
      { day: 29, fraud: true, knownDay: AS_OF_DAY + microsecond, amount: 106 },
      { day: 29, fraud: null, amount: 107 },
    ]);
    await writeTransactions([]);
    await make();
    const marked = async (split: string) =>
      (await readSplit(split)).map(({ amount }) => Number(amount)).filter((amount) => amount > 100);
    expect(await marked('train')).toEqual([101]);
    expect(await marked('validation')).toEqual([]);
    expect(await marked('test')).toEqual([105, 103]);
  });

  it('splits by time, each edge with the later split', async () => {
    const microsecond = 1 / (DAY_SECONDS * 1e6);
    await writeLabels([
      ...FILLERS,
      { day: 20 - microsecond, fraud: true, amount: 101 },
      { day: 20, fraud: true, amount: 102 },
      { day: 25 - microsecond, fraud: true, amount: 103 },
      { day: 25, fraud: true, amount: 104 },
    ]);
    await writeTransactions([]);
    const summary = await make();
    const marked = async (split: string) =>
      (await readSplit(split)).map(({ amount }) => Number(amount)).filter((amount) => amount > 100);
    expect(await marked('train')).toEqual([101]);
    expect(await marked('validation')).toEqual([102, 103]);
    expect(await marked('test')).toEqual([104]);
    expect(summary.splits.map(({ name, rows, positives }) => [name, rows, positives])).toEqual([
      ['train', 3, 2],
      ['validation', 4, 3],
      ['test', 3, 2],
    ]);
    expect(JSON.parse(await readFile(join(folder, 'out/training-set.json'), 'utf8'))).toEqual(
      summary,
    );
  });

  it('is the same to the byte each time', async () => {
    const labels = Array.from({ length: 3_000 }, (_, index) => ({
      day: (index * 7) % 31,
      fraud: index % 3 === 0,
      customer: `c-${index % 50}`,
      amount: index / 7,
    }));
    await writeLabels(labels);
    await writeTransactions(
      labels.map(({ day, customer }, index) => ({ day, knownDay: day, paid: index / 3, customer })),
    );
    const first = await make('first');
    const again = await make('again');
    expect(again).toEqual(first);
    for (const { name } of first.splits) {
      const bytes = await readFile(toFile(name, 'first'));
      expect(bytes.equals(await readFile(toFile(name, 'again')))).toBe(true);
      expect(bytes.length).toBeGreaterThan(1_000);
    }
  });

  it('is made by the program as it is here, and refused in words that reach who asked', async () => {
    await writeLabels(FILLERS);
    await writeTransactions([]);
    const programRunner = createProcessProgramRunner({
      toProgramFile: () => fileURLToPath(PROGRAM),
      jobsFolder: join(folder, 'jobs'),
      clock: createSystemClock(),
      processIdentity: createSystemProcessIdentity(),
      environment: process.env,
      nodeArguments: ['--import', import.meta.resolve('tsx')],
    });
    const ask = (job: JsonObject) =>
      programRunner.run({ program: 'materialize', verb: 'training-set', job, limitMs: 60_000 });
    expect(await ask(toJob('by-program', {}))).toEqual(await make('here'));
    await expect(ask(toJob('refused', { slices: ['colour'] }))).rejects.toMatchObject({
      code: 'P801',
      message: expect.stringContaining('no column colour'),
    });
  });

  it('takes a request feature from the column it is said to come from', async () => {
    await writeLabels(FILLERS);
    await writeTransactions([]);
    await expect(make('out', { requestColumns: {} })).rejects.toMatchObject({
      code: 'P801',
      message: expect.stringContaining('no column way'),
    });
  });

  it.each([
    ['no rows at all', [], 'the train split has 0 rows'],
    ['one class', [{ day: 2, fraud: false }], '1 rows, 0 of them positive'],
    [
      'no test',
      [
        { day: 2, fraud: true },
        { day: 2, fraud: false },
      ],
      'the validation split has 0 rows',
    ],
  ] satisfies readonly (readonly [string, readonly Label[], string])[])(
    'is refused with %s',
    async (_, labels, message) => {
      await writeLabels(labels);
      await writeTransactions([]);
      await expect(make()).rejects.toMatchObject({
        code: 'P801',
        message: expect.stringContaining(message),
      });
    },
  );

  it('is refused when its split takes the whole window', async () => {
    const window = { asOf: '2026-02-10T00:00:00Z', lengthSeconds: 20 * DAY_SECONDS };
    await expect(make('out', { window })).rejects.toMatchObject({
      code: 'P801',
      message: expect.stringContaining('leaves no time to train on'),
    });
  });

  it('is refused when a column is missing, or no number', async () => {
    await writeLabels(FILLERS);
    await writeTransactions([]);
    await expect(make('out', { slices: ['colour'] })).rejects.toMatchObject({
      code: 'P801',
      message: expect.stringContaining('no column colour'),
    });
    const rowsFile = toSqlText(join(folder, 'transactions.parquet'));
    await session.run(
      `COPY (SELECT * REPLACE (CAST(paid AS VARCHAR) AS paid) FROM ${rowsFile}) TO ${rowsFile}`,
    );
    await expect(make()).rejects.toMatchObject({
      code: 'P801',
      message: expect.stringContaining('needs a number, and its column paid is VARCHAR'),
    });
    await session.run(`COPY (SELECT * EXCLUDE (paid) FROM ${rowsFile}) TO ${rowsFile}`);
    await expect(make()).rejects.toMatchObject({
      code: 'P801',
      message: expect.stringContaining('lacks paid'),
    });
  });

  it('says where a job is malformed, and never what it says there', async () => {
    const views = [{ definition: { ...VIEW, timeToLiveSeconds: 1 }, rowsFile: 'secret' }];
    await expect(make('out', { views })).rejects.toMatchObject({
      code: 'P808',
      message: 'the job is malformed at /contract/views/0: it names no definition among the views',
    });
    await expect(make('out', { slices: ['segment', 'Segment'] })).rejects.toMatchObject({
      code: 'P808',
      message: expect.stringContaining('/slices/1'),
    });
  });
});

/** Both classes in each split. */
const FILLERS: readonly Label[] = [10, 22, 27].flatMap((day) => [
  { day, fraud: true },
  { day: day + 0.5, fraud: false },
]);

const toTimestamp = (day: number) =>
  `make_timestamptz(${1_767_225_600_000_000 + Math.round(day * DAY_SECONDS * 1e6)})`;

const toText = (value: string | null) => (value === null ? 'NULL' : toSqlText(value));

async function writeLabels(labels: readonly Label[]): Promise<void> {
  const columns =
    'customer VARCHAR, event_time TIMESTAMPTZ, amount DOUBLE, channel VARCHAR, segment VARCHAR, is_fraud BOOLEAN, __available_at TIMESTAMPTZ, __sequence BIGINT';
  const tuples = labels.map(
    ({ day, fraud, knownDay = day, customer = 'c-1', amount = 1, channel = 'online' }, index) =>
      `(${toText(customer)}, ${toTimestamp(day)}, ${amount}, ${toText(channel)}, 'a', ${fraud}, ${toTimestamp(knownDay)}, ${index})`,
  );
  await write('labels', columns, tuples);
}

async function writeTransactions(
  rows: readonly {
    readonly day: number;
    readonly knownDay: number;
    readonly paid: number;
    readonly customer?: string;
  }[],
): Promise<void> {
  const columns =
    'customer VARCHAR, happened TIMESTAMPTZ, paid DOUBLE, __available_at TIMESTAMPTZ, __sequence BIGINT';
  const tuples = rows.map(
    ({ day, knownDay, paid, customer = 'c-1' }, index) =>
      `(${toText(customer)}, ${toTimestamp(day)}, ${paid}, ${toTimestamp(knownDay)}, ${index})`,
  );
  await write('transactions', columns, tuples);
}

async function write(name: string, columns: string, tuples: readonly string[]): Promise<void> {
  await session.run(`CREATE OR REPLACE TABLE ${name} (${columns})`);
  if (tuples.length > 0) await session.run(`INSERT INTO ${name} VALUES ${tuples.join(', ')}`);
  await session.run(
    `COPY ${name} TO ${toSqlText(join(folder, `${name}.parquet`))} (FORMAT parquet)`,
  );
}

function toJob(output: string, changes: Partial<TrainingSetJob>): JsonObject {
  const job: TrainingSetJob = {
    v: 1,
    label: {
      source: LABELS,
      rowsFile: join(folder, 'labels.parquet'),
      column: 'is_fraud',
      maturitySeconds: 10 * DAY_SECONDS,
    },
    window: { asOf: '2026-02-10T00:00:00Z', lengthSeconds: AS_OF_DAY * DAY_SECONDS },
    split: { validationSeconds: 5 * DAY_SECONDS, testSeconds: 5 * DAY_SECONDS },
    views: [{ definition: VIEW, rowsFile: join(folder, 'transactions.parquet') }],
    contract: CONTRACT,
    requestColumns: { way: 'channel' },
    slices: ['segment'],
    outputFolder: join(folder, output),
    ...changes,
  };
  return JSON.parse(JSON.stringify(job)) as JsonObject;
}

async function make(
  output = 'out',
  changes: Partial<TrainingSetJob> = {},
): Promise<TrainingSetSummary> {
  const answer = await makeTrainingSet(toJob(output, changes), {
    resolvePath: resolve,
    scratchFolder: join(folder, 'scratch'),
  });
  return answer as unknown as TrainingSetSummary;
}

function toFile(split: string, output = 'out'): string {
  return join(folder, output, split, 'data.parquet');
}

function readSplit(split: string) {
  return session.readRows(`SELECT * FROM ${toSqlText(toFile(split))}`);
}
