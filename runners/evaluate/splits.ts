import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, type DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api';
import { isCodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { FeatureContract } from '../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import { toSqlName, toSqlPath } from '../../reconciler/core/features/sql-text.ts';
import { fault } from './refuse.ts';

export type SplitName = 'train' | 'validation' | 'test';

export type Batch = {
  /** Row after row, in the contract's order; NaN for a missing value. */
  readonly features: Float32Array;
  readonly labels: Uint8Array;
  /** For each slice column, one value for each row. */
  readonly slices: readonly (readonly string[])[];
};

export interface Splits {
  count(split: SplitName): Promise<number>;
  /** In the order of the file. `slices` only for a split that has those columns. */
  read(split: SplitName, slices: readonly string[]): AsyncGenerator<Batch>;
  /** All values of one feature; NaN for a missing one. */
  readFeature(split: SplitName, feature: string): Promise<Float32Array>;
  close(): void;
}

/** A few megabytes at most, for a thousand features too. */
const MAX_BATCH_NUMBERS = 1024 * 1024;
const MAX_BATCH_ROWS = 8192;

/** Scores and labels of all rows stay in memory: about half a gigabyte. */
const MAX_ROWS = 100_000_000;

const MEMORY_LIMIT = '1GiB';

/** Written by us, before training, and found to be the same since; nothing else is ever opened. */
export async function openSplits(deps: {
  readonly dataFolder: string;
  readonly scratchFolder: string;
  readonly contract: FeatureContract;
}): Promise<Splits> {
  await mkdir(deps.scratchFolder, { recursive: true, mode: 0o700 });
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: MEMORY_LIMIT,
    temp_directory: deps.scratchFolder,
    preserve_insertion_order: 'true',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  const features = deps.contract.features.map(({ name }) => name);
  const toTable = (split: SplitName) => {
    const path = join(deps.dataFolder, split, 'data.parquet');
    return `read_parquet(${toSqlPath(path)})`;
  };
  return {
    count: (split) => guard(split, () => countRows(connection, toTable(split), split)),

    async *read(split, slices) {
      const columns = [
        ...features.map((name) => `CAST(${toSqlName(name)} AS FLOAT)`),
        'CAST("label" AS INTEGER)',
        ...slices.map((name) => `CAST(${toSqlName(`slice_${name}`)} AS VARCHAR)`),
      ];
      const sql = `SELECT ${columns.join(', ')} FROM ${toTable(split)}`;
      const result = await guard(split, () => connection.stream(sql));
      const maxRows = Math.min(MAX_BATCH_ROWS, Math.floor(MAX_BATCH_NUMBERS / features.length));
      const shape: Shape = { split, features: features.length, slices: slices.length };
      let chunks: DuckDBDataChunk[] = [];
      let rows = 0;
      for (;;) {
        const chunk = await guard(split, () => result.fetchChunk());
        const isEnd = chunk === null || chunk.rowCount === 0;
        if (rows > 0 && (isEnd || rows + chunk.rowCount > maxRows)) {
          yield toBatch(chunks, rows, shape);
          chunks = [];
          rows = 0;
        }
        if (isEnd) return;
        chunks.push(chunk);
        rows += chunk.rowCount;
      }
    },

    readFeature: (split, feature) =>
      guard(split, async () => {
        const sql = `SELECT CAST(${toSqlName(feature)} AS FLOAT) FROM ${toTable(split)}`;
        const [values = []] = await (await connection.run(sql)).getColumns();
        return Float32Array.from(values, (value) => toNumber(value));
      }),

    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function countRows(
  connection: DuckDBConnection,
  table: string,
  split: SplitName,
): Promise<number> {
  const [row] = await (await connection.run(`SELECT count(*)::INTEGER FROM ${table}`)).getRows();
  const rows = Number(row?.[0]);
  if (rows >= 1 && rows <= MAX_ROWS) return rows;
  throw fault(`the ${split} rows are ${rows}: between 1 and ${MAX_ROWS} can be measured`);
}

type Shape = { readonly split: SplitName; readonly features: number; readonly slices: number };

function toBatch(chunks: readonly DuckDBDataChunk[], rows: number, shape: Shape): Batch {
  const features = new Float32Array(rows * shape.features);
  const labels = new Uint8Array(rows);
  const slices = Array.from({ length: shape.slices }, () => new Array<string>(rows).fill(''));
  let first = 0;
  for (const chunk of chunks) {
    chunk.visitColumnMajor((value, row, column) => {
      const at = first + row;
      if (column < shape.features) features[at * shape.features + column] = toNumber(value);
      else if (column === shape.features) labels[at] = toLabel(value, shape.split);
      else (slices[column - shape.features - 1] as string[])[at] = toSlice(value);
    });
    first += chunk.rowCount;
  }
  return { features, labels, slices };
}

function toNumber(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}

function toLabel(value: unknown, split: SplitName): number {
  if (value === 0 || value === 1) return value;
  throw fault(`a label of the ${split} rows is neither 0 nor 1`);
}

/** Rows without a value are a group too: they may well fare differently. */
function toSlice(value: unknown): string {
  return value === null ? '(none)' : String(value);
}

/** The library's words may quote a row. */
async function guard<T>(split: SplitName, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isCodedError(error)) throw error;
    const columns = 'the features of the contract, label and, for test, the slices';
    throw fault(`${split}/data.parquet cannot be read: it must be a Parquet file with ${columns}`);
  }
}
