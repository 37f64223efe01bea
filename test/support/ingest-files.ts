import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isCodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { SnapshotRecord } from '../../reconciler/core/contracts/generated/snapshot-record.generated.ts';
import type {
  SourceColumn,
  SourceDefinition,
} from '../../reconciler/core/features/source-definition.ts';
import { type DuckdbRow, openDuckdb } from '../../runners/materialize/duckdb-session.ts';
import { ingest } from '../../runners/materialize/ingest.ts';

export function toColumn(
  name: string,
  type: SourceColumn['type'],
  rules: Partial<SourceColumn> = {},
): SourceColumn {
  return { name, type, nullable: false, minimum: null, maximum: null, values: null, ...rules };
}

/** A source with a column of each type and a rule of each sort. */
export const SOURCE: SourceDefinition = {
  v: 1,
  source: 'payments/transactions',
  format: 'csv',
  columns: [
    toColumn('id', 'string'),
    toColumn('at', 'timestamp'),
    toColumn('known_at', 'timestamp'),
    toColumn('amount', 'float64', { nullable: true, minimum: 0, maximum: 100 }),
    toColumn('count', 'int64', { nullable: true }),
    toColumn('is_fraud', 'boolean', { nullable: true }),
    toColumn('channel', 'string', { nullable: true, values: ['chip', 'online'] }),
  ],
  eventTime: 'at',
  availability: { column: 'known_at' },
  maxQuarantinedPercent: 100,
};

export const HEADER = SOURCE.columns.map(({ name }) => name).join(',');
export const GOOD = 'c-1,2026-01-01T00:00:00Z,2026-01-01T01:00:00Z,1.5,7,true,chip';

export type Ingested = { readonly record: SnapshotRecord; readonly output: string };

/** A folder where files are ingested in the test's process. */
export type IngestFiles = {
  readonly folder: string;
  readonly ingestFile: (source: SourceDefinition, inputFile: string) => Promise<Ingested>;
  readonly ingestText: (source: SourceDefinition, text: string | Uint8Array) => Promise<Ingested>;
  readonly query: (sql: string) => Promise<readonly DuckdbRow[]>;
  readonly close: () => Promise<void>;
};

export async function createIngestFiles(): Promise<IngestFiles> {
  // Without links on the way, as a located file is.
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'plumbline-ingest-')));
  let jobs = 0;
  const ingestFile = async (source: SourceDefinition, inputFile: string): Promise<Ingested> => {
    jobs += 1;
    const output = join(folder, `output-${jobs}`);
    const job = { v: 1, source, inputFile, outputFolder: output };
    const scratchFolder = join(folder, `scratch-${jobs}`);
    try {
      const record = await ingest(job, { resolvePath: (path) => path, scratchFolder });
      return { record: record as unknown as SnapshotRecord, output };
    } finally {
      await rm(scratchFolder, { recursive: true, force: true });
    }
  };
  return {
    folder,
    ingestFile,
    async ingestText(source, text) {
      const file = join(folder, 'input');
      await writeFile(file, text);
      return ingestFile(source, file);
    },
    async query(sql) {
      const temporaryFolder = join(folder, 'query');
      const session = await openDuckdb({ memoryLimitMb: 256, threads: 1, temporaryFolder });
      try {
        return await session.readRows(sql);
      } finally {
        session.close();
      }
    },
    close: () => rm(folder, { recursive: true }),
  };
}

/** The words of a refusal; null when there was none. */
export async function findRefusal(ingesting: Promise<unknown>): Promise<string | null> {
  try {
    await ingesting;
    return null;
  } catch (error) {
    if (!isCodedError(error, 'P801')) throw error;
    return error.message;
  }
}
