import { mkdir, statfs } from 'node:fs/promises';
import { DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';

export type DuckdbParameter = string | number | bigint | boolean | null;

/** As DuckDB hands it out: BIGINT as bigint, TIMESTAMPTZ as Date. */
export type DuckdbRow = Readonly<Record<string, unknown>>;

export interface DuckdbSession {
  /** Runs statements one after the other; parameters (`$1`) belong to the last one. */
  run(sql: string, parameters?: readonly DuckdbParameter[]): Promise<void>;
  /** Reads the whole answer into memory: ask only for what is small. */
  readRows(sql: string, parameters?: readonly DuckdbParameter[]): Promise<readonly DuckdbRow[]>;
  close(): void;
}

export type DuckdbSettings = {
  readonly memoryLimitMb: number;
  /** One, wherever the bytes of a file must be the same each time. */
  readonly threads: number;
  /** What does not fit into memory goes there; made when it is missing, and never removed. */
  readonly temporaryFolder: string;
};

/** Rows that spill are still rows of the zone; beyond this the statement fails. */
const MAX_SPILL_MB = 32 * 1024;

/** Of what is free: the zone's database stands on the same disk, and ends when it is full. */
const SPILL_SHARE = 0.5;

const BYTES_PER_MB = 1024 * 1024;

/**
 * A database in memory that knows neither the network nor the machine's language: no extension is
 * fetched, and every time is read and printed in UTC.
 */
export async function openDuckdb(settings: DuckdbSettings): Promise<DuckdbSession> {
  await mkdir(settings.temporaryFolder, { recursive: true, mode: 0o700 });
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(settings.threads),
    memory_limit: `${settings.memoryLimitMb}MiB`,
    temp_directory: settings.temporaryFolder,
    max_temp_directory_size: `${await readSpillMb(settings.temporaryFolder)}MiB`,
    preserve_insertion_order: 'true',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  const connection = await instance.connect();
  await connection.run(`SET TimeZone = 'UTC'; SET lock_configuration = true`);
  return {
    async run(sql, parameters = []) {
      await connection.run(sql, toValues(parameters));
    },
    async readRows(sql, parameters = []) {
      const answer = await connection.runAndReadAll(sql, toValues(parameters));
      return answer.getRowObjectsJS();
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** A file of six kilobytes can hold a value of sixteen, three million times. */
export async function readSpillMb(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  const share = Math.floor((SPILL_SHARE * bavail * bsize) / BYTES_PER_MB);
  return Math.max(1, Math.min(MAX_SPILL_MB, share));
}

/** DuckDB takes an empty list of values for one value too few. */
function toValues(parameters: readonly DuckdbParameter[]): DuckDBValue[] | undefined {
  return parameters.length === 0 ? undefined : [...parameters];
}

/** The types of a relation's columns, as DuckDB names them. */
export async function readColumnTypes(
  session: DuckdbSession,
  relation: string,
): Promise<ReadonlyMap<string, string>> {
  const columns = await session.readRows(`DESCRIBE SELECT * FROM ${relation}`);
  return new Map(columns.map((row) => [String(row['column_name']), String(row['column_type'])]));
}
