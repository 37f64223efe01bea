/*
 * Measures features: the point-in-time join of labels with what was known of their keys, taking a
 * file in, and reading online rows by key in a closed loop of one caller. It does not measure the
 * start of the programs that do this, Parquet files that are not in the page cache, a database on
 * another machine, or many callers at once. Rows are made up evenly: no key is hot.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { IngestJob } from '../../../reconciler/core/contracts/runner-jobs.ts';
import { toSqlText } from '../../../reconciler/core/features/sql-text.ts';
import { computeView } from '../../../runners/materialize/compute-view.ts';
import { type DuckdbSession, openDuckdb } from '../../../runners/materialize/duckdb-session.ts';
import { ingest } from '../../../runners/materialize/ingest.ts';
import { type Bench, type BenchCase, takeSeconds } from '../bench.ts';
import { ACTIVITY, EVENTS, makeEvents, makeLabels } from './made-up-rows.ts';
import { toOnlineCase } from './online.ts';

const INGESTED_ROWS = 500_000;

export const features: Bench = {
  name: 'features',
  cases: [
    toJoinCase('pit-100k-500k', { labels: 100_000, rows: 500_000, keys: 10_000 }),
    toJoinCase('pit-1m-5m', { labels: 1_000_000, rows: 5_000_000, keys: 100_000 }),
    { name: 'ingest', measure: measureIngest },
    toOnlineCase('online-1', 1),
    toOnlineCase('online-10', 10),
    toOnlineCase('online-100', 100),
  ],
};

/** Baseline: DuckDB's own ASOF join for one latest value, which knows no available time. */
function toJoinCase(
  name: string,
  size: { readonly labels: number; readonly rows: number; readonly keys: number },
): BenchCase {
  return {
    name,
    measure: ({ seed, note }) =>
      withDuckdb(async (session, folder) => {
        const rowsFile = join(folder, 'rows.parquet');
        const rows = `read_parquet(${toSqlText(rowsFile)})`;
        await session.run(`COPY (${makeEvents({ ...size, seed })}) TO ${toSqlText(rowsFile)}`);
        await session.run(`CREATE TABLE spine AS ${makeLabels({ ...size, seed })}`);
        const baseline = await takeSeconds(() =>
          session.run(`CREATE TABLE plain AS SELECT spine.__row, known.amount
            FROM spine ASOF LEFT JOIN ${rows} AS known
              ON spine.customer = known.customer AND spine.__at >= known.happened`),
        );
        const seconds = await takeSeconds(() =>
          computeView(session, {
            definition: ACTIVITY,
            rowsFile,
            spine: 'spine',
            into: 'computed',
            timeToLive: 'asked',
          }),
        );
        note(
          `${ACTIVITY.features.length} features, ${size.keys} keys, one thread; peak memory is that of the whole process`,
        );
        const peakMb = process.resourceUsage().maxRSS / 1024;
        return [
          { metric: 'seconds', value: seconds, baseline, n: size.labels },
          {
            metric: 'per_second',
            value: size.labels / seconds,
            baseline: size.labels / baseline,
            n: size.labels,
          },
          { metric: 'peak_mb', value: peakMb, baseline: null, n: 1 },
        ];
      }),
  };
}

/** Baseline: DuckDB's COPY from the same CSV file to Parquet, without a check or an order. */
function measureIngest({ seed, note }: Parameters<BenchCase['measure']>[0]) {
  return withDuckdb(async (session, folder) => {
    const inputFile = join(folder, 'rows.csv');
    const size = { rows: INGESTED_ROWS, keys: 10_000, seed };
    await session.run(
      `COPY (SELECT customer, strftime(happened, '%Y-%m-%dT%H:%M:%S.%fZ') AS happened,
         strftime(__available_at, '%Y-%m-%dT%H:%M:%S.%fZ') AS known, amount, category
       FROM (${makeEvents(size)})) TO ${toSqlText(inputFile)} (HEADER)`,
    );
    note(`${INGESTED_ROWS} rows, ${Math.round((await stat(inputFile)).size / 1e6)} MB of CSV`);
    const baseline = await takeSeconds(() =>
      session.run(
        `COPY (FROM read_csv(${toSqlText(inputFile)})) TO ${toSqlText(join(folder, 'plain.parquet'))}`,
      ),
    );
    const job: IngestJob = { v: 1, source: EVENTS, inputFile, outputFolder: join(folder, 'out') };
    const seconds = await takeSeconds(() =>
      ingest(job, {
        resolvePath: resolve,
        scratchFolder: join(folder, 'scratch'),
      }),
    );
    return [
      { metric: 'seconds', value: seconds, baseline, n: INGESTED_ROWS },
      {
        metric: 'per_second',
        value: INGESTED_ROWS / seconds,
        baseline: INGESTED_ROWS / baseline,
        n: INGESTED_ROWS,
      },
    ] as const;
  });
}

async function withDuckdb<Result>(
  work: (session: DuckdbSession, folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-bench-'));
  const temporaryFolder = join(folder, 'spill');
  const session = await openDuckdb({ memoryLimitMb: 2048, threads: 1, temporaryFolder });
  try {
    return await work(session, folder);
  } finally {
    session.close();
    await rm(folder, { recursive: true, force: true });
  }
}
