import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError, isCodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { Digest } from '../../reconciler/core/contracts/digest.ts';
import type { SnapshotRecord } from '../../reconciler/core/contracts/generated/snapshot-record.generated.ts';
import type { Json, JsonObject } from '../../reconciler/core/contracts/json.ts';
import { checkContract } from '../../reconciler/core/contracts/parse-contract.ts';
import type { IngestJob } from '../../reconciler/core/contracts/runner-jobs.ts';
import { type BadRows, refuseTooManyBadRows } from '../../reconciler/core/features/bad-rows.ts';
import { toSourceDigest } from '../../reconciler/core/features/contract.ts';
import type { SourceDefinition } from '../../reconciler/core/features/source-definition.ts';
import { type CsvScan, createCsvScanner } from './csv-scanner.ts';
import { type DuckdbSession, openDuckdb } from './duckdb-session.ts';
import { copyInput } from './input-copy.ts';
import { type InputTable, readParquetTable, toCsvTable } from './input-table.ts';
import { createParquetMarks } from './parquet-marks.ts';
import { parseJob } from './parse-job.ts';
import { countReasons } from './quarantine.ts';
import { toReason, toValueName } from './row-rules.ts';
import { PATH_SCHEMA, toObjectSchema } from './schema-parts.ts';
import { readWatermark, writeQuarantine, writeRows } from './snapshot-files.ts';
import { checkSourceDefinition, SOURCE_DEFINITION_SCHEMA } from './source-definition.ts';

export type IngestDeps = {
  readonly resolvePath: (path: string) => string;
  readonly scratchFolder: string;
};

/** What does not fit is sorted on the disk. */
const MEMORY_LIMIT_MB = 1_024;

const JOB_SCHEMA = toObjectSchema({
  v: { const: 1 },
  source: SOURCE_DEFINITION_SCHEMA,
  inputFile: PATH_SCHEMA,
  outputFolder: PATH_SCHEMA,
});

/**
 * Makes an accepted snapshot of a file: every row is checked, bad ones are set aside, and the good
 * ones are written so that the same rows always give the same bytes. Throws P801 when the file as a
 * whole is refused; nothing that it says quotes a row.
 */
export async function ingest(json: Json, deps: IngestDeps): Promise<JsonObject> {
  const job = parseJob<IngestJob>(json, JOB_SCHEMA);
  checkSourceDefinition(job.source);
  const { source } = job;
  const folder = deps.resolvePath(job.outputFolder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await mkdir(deps.scratchFolder, { recursive: true, mode: 0o700 });
  const input = await takeInput(source, deps.resolvePath(job.inputFile), deps.scratchFolder);
  const session = await openDuckdb({
    memoryLimitMb: MEMORY_LIMIT_MB,
    threads: 1,
    temporaryFolder: join(deps.scratchFolder, 'spill'),
  });
  try {
    const counts = await checkRows(session, source, input);
    refuseTooManyBadRows(source.maxQuarantinedPercent, counts);
    return await writeSnapshot(session, source, {
      folder,
      input,
      counts,
    });
  } finally {
    session.close();
  }
}

type TakenInput = {
  readonly file: string;
  readonly digest: Digest;
  /** Null for Parquet. */
  readonly scan: CsvScan | null;
};

async function takeInput(
  source: SourceDefinition,
  from: string,
  scratchFolder: string,
): Promise<TakenInput> {
  const file = join(scratchFolder, 'input');
  if (source.format === 'parquet') {
    const marks = createParquetMarks();
    const digest = await copyInput({ from, to: file, see: marks.take });
    marks.end();
    return { file, digest, scan: null };
  }
  const scanner = createCsvScanner();
  const digest = await copyInput({ from, to: file, see: scanner.take });
  return { file, digest, scan: scanner.end() };
}

/** Fills the table `checked`: a row's number, its values, why it is bad, and then how it came. */
async function checkRows(
  session: DuckdbSession,
  source: SourceDefinition,
  input: TakenInput,
): Promise<BadRows> {
  try {
    const table =
      input.scan === null
        ? await readParquetTable(session, source, input.file)
        : toCsvTable(source, input.file, input.scan);
    await session.run(toCheckStatement(source, table));
  } catch (error) {
    if (isCodedError(error)) throw error;
    throw toUnreadable(source, error);
  }
  const counts = await countReasons(session);
  if (input.scan !== null && counts.rows !== input.scan.rows) {
    const message = `the file has ${input.scan.rows} records, but ${counts.rows} could be read`;
    throw new CodedError('P801', message);
  }
  return counts;
}

function toCheckStatement(source: SourceDefinition, { from, columns }: InputTable): string {
  const texts = columns.map(({ text }) => text).join(', ');
  const values = columns.map(({ value }, index) => `${value} AS ${toValueName(index)}`);
  const names = columns.map((_, index) => toValueName(index));
  const isThere = columns.map((column, index) => `${column.isThere} AS there${index}`);
  const inputs = columns.map((column, index) => ({ ...column, isThere: `there${index}` }));
  return `
    CREATE TABLE checked AS
    SELECT "row", ${names.join(', ')}, reason,
      CASE WHEN reason IS NOT NULL THEN came_as END AS came_as
    FROM (
      SELECT *, ${toReason(source, inputs, names)} AS reason
      FROM (
        SELECT row_number() OVER () AS "row", ${values.join(', ')}, ${isThere.join(', ')},
          [${texts}] AS came_as
        FROM ${from}
      )
    )`;
}

/** DuckDB quotes what it could not read, so its words stay behind. */
function toUnreadable(source: SourceDefinition, cause: unknown): CodedError {
  const words = cause instanceof Error ? cause.message : '';
  if (/Out of Memory|max_temp_directory_size|No space left/i.test(words)) {
    return new CodedError('P808', 'the rows fit neither into memory nor onto the disk', { cause });
  }
  const what = source.format === 'csv' ? 'text of comma-separated values' : 'whole Parquet file';
  return new CodedError('P801', `the file is no ${what}: it is damaged or cut off`, { cause });
}

async function writeSnapshot(
  session: DuckdbSession,
  source: SourceDefinition,
  at: {
    readonly folder: string;
    readonly input: TakenInput;
    readonly counts: BadRows;
  },
): Promise<SnapshotRecord> {
  const digest = await writeRows(session, source, at.folder);
  await writeQuarantine(session, source, at.folder);
  const checked = checkContract('SnapshotRecord', {
    v: 1,
    source: source.source,
    digest,
    sourceDigest: toSourceDigest(source),
    inputDigest: at.input.digest,
    rows: at.counts.rows - at.counts.badRows,
    quarantined: at.counts.reasons.map(({ reason, rows }) => ({ reason, rows })),
    watermark: await readWatermark(session, source),
  });
  if (checked.state === 'invalid') throw new Error(`the snapshot's record: ${checked.why}`);
  await writeFile(join(at.folder, 'snapshot.json'), `${JSON.stringify(checked.value)}\n`);
  return checked.value;
}
