import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { SchemaObject } from 'ajv';
import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { Json, JsonObject } from '../../reconciler/core/contracts/json.ts';
import type { OnlineJob } from '../../reconciler/core/contracts/runner-jobs.ts';
import { toDefinitionDigest } from '../../reconciler/core/features/contract.ts';
import { toEntityKey } from '../../reconciler/core/features/entity-key.ts';
import { parseMicros, toMicrosText } from '../../reconciler/core/features/micros.ts';
import { toSqlName, toSqlPath } from '../../reconciler/core/features/sql-text.ts';
import type { ViewDefinition } from '../../reconciler/core/features/view-definition.ts';
import type { OnlineRowToWrite, OnlineRowWriter } from '../../reconciler/ports/online-features.ts';
import { Secret } from '../../reconciler/ports/secrets.ts';
import { computeView } from './compute-view.ts';
import { type DuckdbRow, type DuckdbSession, openDuckdb } from './duckdb-session.ts';
import { parseJob, toMalformed } from './parse-job.ts';
import { DIGEST_SCHEMA, PATH_SCHEMA, toObjectSchema } from './schema-parts.ts';
import { VIEW_DEFINITION_SCHEMA } from './view-definition.ts';

const MEMORY_LIMIT_MB = 2048;
const THREADS = 2;
/** A statement of about a megabyte, far from the database's limit on time. */
const ROWS_PER_PORTION = 2_000;
const MAX_URL_BYTES = 4_096;

const SCHEMA: SchemaObject = toObjectSchema({
  v: { const: 1 },
  definition: VIEW_DEFINITION_SCHEMA,
  definitionDigest: DIGEST_SCHEMA,
  rowsFile: PATH_SCHEMA,
  snapshotDigest: DIGEST_SCHEMA,
  asOf: { type: 'string', maxLength: 64 },
  sequence: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
  databaseUrlFile: PATH_SCHEMA,
});

export type OnlineDeps = {
  readonly resolvePath: (path: string) => string;
  readonly scratchFolder: string;
  /** Hands the writer to `work` and closes what is behind it afterwards. */
  readonly withWriter: <Result>(
    url: Secret,
    work: (writer: OnlineRowWriter) => Promise<Result>,
  ) => Promise<Result>;
};

/**
 * The newest values of all keys of a view go to the zone's database. Everything is computed before
 * the first row is written: the transaction stays short, and lasts as long as the writing alone.
 */
export async function materialiseOnline(value: Json, deps: OnlineDeps): Promise<JsonObject> {
  const job = parseJob<OnlineJob>(value, SCHEMA);
  const { definition, definitionDigest, snapshotDigest } = job;
  const asOf = parseMicros(job.asOf);
  if (asOf === null) throw toMalformed('/asOf', 'is no RFC 3339 time in UTC');
  if (toDefinitionDigest(definition) !== definitionDigest) {
    throw toMalformed('/definitionDigest', 'is not of this definition');
  }
  const url = await readUrl(deps.resolvePath(job.databaseUrlFile));
  const session = await openDuckdb({
    memoryLimitMb: MEMORY_LIMIT_MB,
    threads: THREADS,
    temporaryFolder: deps.scratchFolder,
  });
  try {
    await computeRows(session, definition, deps.resolvePath(job.rowsFile), asOf);
    const next = {
      view: definition.view,
      definition,
      definitionDigest,
      snapshotDigest,
      asOf: toMicrosText(asOf),
      sequence: job.sequence,
    };
    return await deps.withWriter(url, (writer) =>
      writer.replace(next, readPortions(session, definition)),
    );
  } finally {
    session.close();
  }
}

/** The table `numbered`: a row for each key that has one at that moment, counted from 0. */
async function computeRows(
  session: DuckdbSession,
  definition: ViewDefinition,
  rowsFile: string,
  asOf: number,
): Promise<void> {
  const keys = definition.keys.map(({ name }) => toSqlName(name));
  const hasKey = keys.map((key) => `${key} IS NOT NULL`).join(' AND ');
  const rows = `read_parquet(${toSqlPath(rowsFile)})`;
  await session.run(`CREATE TABLE spine AS
    SELECT row_number() OVER (ORDER BY ${keys.join(', ')}) - 1 AS __row, ${keys.join(', ')},
      make_timestamptz(${asOf}) AS __at
    FROM (SELECT DISTINCT ${keys.join(', ')} FROM ${rows} WHERE ${hasKey})`);
  await computeView(session, {
    definition,
    rowsFile,
    spine: 'spine',
    into: 'computed',
    timeToLive: 'later',
  });
  const names = definition.keys.map(({ name }, index) => `${toSqlName(name)} AS k${index}`);
  const features = definition.features.map((_, index) => `f${index}`);
  await session.run(`CREATE TABLE numbered AS
    SELECT row_number() OVER (ORDER BY __row) - 1 AS place, ${[...names, ...features].join(', ')},
      epoch_us(__event_time) AS e
    FROM spine JOIN computed USING (__row) WHERE __event_time IS NOT NULL`);
}

async function* readPortions(
  session: DuckdbSession,
  definition: ViewDefinition,
): AsyncGenerator<readonly OnlineRowToWrite[]> {
  const [counted] = await session.readRows('SELECT CAST(count(*) AS DOUBLE) AS rows FROM numbered');
  const rows = Number(counted?.['rows']);
  for (let from = 0; from < rows; from += ROWS_PER_PORTION) {
    const portion = await session.readRows(
      `SELECT * FROM numbered WHERE place >= ${from} AND place < ${from + ROWS_PER_PORTION} ORDER BY place`,
    );
    yield portion.map((row) => toRowToWrite(row, definition));
  }
}

function toRowToWrite(row: DuckdbRow, { keys, features }: ViewDefinition): OnlineRowToWrite {
  return {
    entityKey: toEntityKey(keys.map((_, index) => String(row[`k${index}`]))),
    values: features.map((_, index) => {
      const value = row[`f${index}`];
      return typeof value === 'number' ? value : null;
    }),
    eventTime: toMicrosText(Number(row['e'])),
  };
}

/** It holds a password, so a file that others may read is refused rather than used. */
async function readUrl(path: string): Promise<Secret> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > MAX_URL_BYTES || (stats.mode & 0o077) !== 0) {
      throw new CodedError(
        'P808',
        'the file with the database address must be a small file for its owner alone',
      );
    }
    return new Secret((await handle.readFile('utf8')).trim());
  } finally {
    await handle.close();
  }
}
