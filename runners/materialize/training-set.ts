import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { Json, JsonObject } from '../../reconciler/core/contracts/json.ts';
import type { TrainingSetSummary } from '../../reconciler/core/contracts/runner-jobs.ts';
import { compileCategory } from '../../reconciler/core/features/compile-view.ts';
import { toSqlName, toSqlText } from '../../reconciler/core/features/sql-text.ts';
import { computeView } from './compute-view.ts';
import { digestFile } from './digest-file.ts';
import { type DuckdbSession, openDuckdb } from './duckdb-session.ts';
import {
  parseTrainingJob,
  type SplitRange,
  type TrainingPlan,
  toSliceColumn,
} from './training-job.ts';
import { LABEL, makeSpine, toRequestName, toSliceName } from './training-spine.ts';

const MEMORY_LIMIT_MB = 2048;
const ROW_GROUP_ROWS = 65_536;

type SplitSummary = TrainingSetSummary['splits'][number];

/** Midway between the largest float32 and what would follow it: from here on it is infinity. */
const FLOAT32_LIMIT = '3.4028235677973366e38';

/**
 * The point-in-time correct rows of a run, by split. The same job on the same snapshots writes the
 * same bytes: one thread, one order, row groups of one size.
 */
export async function makeTrainingSet(
  value: Json,
  deps: { readonly resolvePath: (path: string) => string; readonly scratchFolder: string },
): Promise<JsonObject> {
  const plan = resolvePaths(parseTrainingJob(value), deps.resolvePath);
  const session = await openDuckdb({
    memoryLimitMb: MEMORY_LIMIT_MB,
    threads: 1,
    temporaryFolder: deps.scratchFolder,
  });
  try {
    await makeSpine(session, plan);
    for (const [index, { definition, rowsFile }] of plan.job.views.entries()) {
      const into = toViewTable(index);
      await computeView(session, {
        definition,
        rowsFile,
        spine: 'spine',
        into,
        timeToLive: 'asked',
      });
    }
    const splits: SplitSummary[] = [];
    for (const range of plan.splits) splits.push(await writeSplit(session, plan, range));
    const summary = { v: 1, splits } satisfies TrainingSetSummary;
    // Last, so that it never speaks of a file that is not whole.
    await writeFile(join(plan.job.outputFolder, 'training-set.json'), JSON.stringify(summary));
    return summary;
  } finally {
    session.close();
  }
}

function resolvePaths(plan: TrainingPlan, resolvePath: (path: string) => string): TrainingPlan {
  const { job } = plan;
  return {
    ...plan,
    job: {
      ...job,
      label: { ...job.label, rowsFile: resolvePath(job.label.rowsFile) },
      views: job.views.map((view) => ({ ...view, rowsFile: resolvePath(view.rowsFile) })),
      outputFolder: resolvePath(job.outputFolder),
    },
  };
}

const toViewTable = (index: number) => `view_${index}`;

async function writeSplit(
  session: DuckdbSession,
  plan: TrainingPlan,
  range: SplitRange,
): Promise<SplitSummary> {
  const inRange = `epoch_us(spine.__at) BETWEEN ${range.fromMicros} AND ${range.toMicros}`;
  const [counts] = await session.readRows(
    `SELECT CAST(count(*) AS DOUBLE) AS rows, CAST(coalesce(sum(${LABEL}), 0) AS DOUBLE) AS positives FROM spine WHERE ${inRange}`,
  );
  const rows = Number(counts?.['rows']);
  const positives = Number(counts?.['positives']);
  if (positives === 0 || positives === rows) {
    throw new CodedError(
      'P801',
      `the ${range.name} split has ${rows} rows, ${positives} of them positive, and needs both classes; lengthen the window or this split`,
    );
  }
  const folder = join(plan.job.outputFolder, range.name);
  const file = join(folder, 'data.parquet');
  await mkdir(folder, { recursive: true });
  await session.run(`COPY (SELECT ${listOutputs(plan, range).join(', ')} FROM spine
      ${plan.job.views.map((_, index) => `JOIN ${toViewTable(index)} USING (__row)`).join(' ')}
      WHERE ${inRange} ORDER BY spine.__row)
    TO ${toSqlText(file)} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`);
  return { name: range.name, rows, positives, digest: await digestFile(file) };
}

/** Features in the order of the contract, the label, and for the test what it is measured by. */
function listOutputs({ job }: TrainingPlan, { name: split }: SplitRange): readonly string[] {
  const { contract, views, slices } = job;
  const brought = contract.features.filter(({ view }) => view === null);
  const features = contract.features.map((feature) => {
    const { name, view, kind, categories } = feature;
    const table = views.findIndex(({ definition }) => definition.view === view);
    const position = views[table]?.definition.features.findIndex((item) => item.name === name);
    const request = `spine.${toRequestName(brought.indexOf(feature))}`;
    const value =
      view !== null
        ? `${toViewTable(table)}.f${position}`
        : kind === 'category'
          ? compileCategory(request, categories)
          : `CAST(${request} AS DOUBLE)`;
    return `${toFloat32(value)} AS ${toSqlName(name)}`;
  });
  const sliced = split === 'test' ? slices : [];
  return [
    ...features,
    `spine.${LABEL} AS label`,
    ...sliced.map(
      (column, index) => `spine.${toSliceName(index)} AS ${toSqlName(toSliceColumn(column))}`,
    ),
  ];
}

/** As a Float32Array would hold it, whereas DuckDB refuses what is too large. */
function toFloat32(value: string): string {
  return `CASE WHEN isnan(${value}) THEN NULL WHEN ${value} >= ${FLOAT32_LIMIT} THEN CAST('Infinity' AS FLOAT)
    WHEN ${value} <= -${FLOAT32_LIMIT} THEN CAST('-Infinity' AS FLOAT) ELSE CAST(${value} AS FLOAT) END`;
}
