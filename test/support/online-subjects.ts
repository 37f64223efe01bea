import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createPostgresDatabase } from '../../reconciler/adapters/database/postgres/database.ts';
import { openPostgresOnlineFeatures } from '../../reconciler/adapters/online-features/postgres/online-features.ts';
import { openPostgresOnlineRowWriter } from '../../reconciler/adapters/online-features/postgres/online-row-writer.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createMemoryProgramRunner } from '../../reconciler/adapters/program-runner/memory/program-runner.ts';
import { createProcessProgramRunner } from '../../reconciler/adapters/program-runner/process/program-runner.ts';
import { digestText } from '../../reconciler/core/contracts/digest.ts';
import type { SnapshotRecord } from '../../reconciler/core/contracts/generated/snapshot-record.generated.ts';
import type { SourceRow } from '../../reconciler/core/features/evaluate-view.ts';
import { toMicrosText } from '../../reconciler/core/features/micros.ts';
import type { OnlineFeatures } from '../../reconciler/ports/online-features.ts';
import type { ProgramRunner } from '../../reconciler/ports/program-runner.ts';
import type { StoredSnapshot } from '../../reconciler/ports/snapshots.ts';
import { materialiseOnline } from '../../runners/materialize/online.ts';
import { SAMPLE_VIEW } from './feature-samples.ts';
import { openTestDuckdb, writeRowsFile } from './feature-tables.ts';
import type { TestDatabase } from './postgres.ts';

const PROGRAMS = new URL('../../runners/', import.meta.url);

export function toSampleRecord(rows: readonly SourceRow[], digest: string): SnapshotRecord {
  const newest = (times: readonly number[]) =>
    times.length === 0 ? null : toMicrosText(Math.max(...times));
  return {
    v: 1,
    source: SAMPLE_VIEW.source,
    digest,
    sourceDigest: digestText('definition'),
    inputDigest: digestText('input'),
    rows: rows.length,
    quarantined: [],
    watermark: {
      eventTime: newest(rows.map(({ eventMicros }) => eventMicros)),
      availableTime: newest(rows.map(({ availableMicros }) => availableMicros)),
    },
  };
}

export type PostgresOnline = {
  readonly onlineFeatures: OnlineFeatures;
  readonly folder: string;
  readonly secretsFolder: string;
  readonly store: (rows: readonly SourceRow[]) => Promise<StoredSnapshot>;
  readonly close: () => Promise<void>;
};

/**
 * Real files and the test's database. The program is the real one too: in a process of its own, or
 * in this one, where it is a hundred times as fast to start.
 */
export async function openPostgresOnline(
  testDatabase: TestDatabase,
  where: 'process' | 'here',
): Promise<PostgresOnline> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-test-online-'));
  const session = await openTestDuckdb(join(folder, 'spill'));
  const secretsFolder = join(folder, 'secrets');
  let count = 0;
  return {
    folder,
    secretsFolder,
    onlineFeatures: await openPostgresOnlineFeatures({
      database: testDatabase.open(),
      databaseUrl: testDatabase.url,
      secretsFolder,
      programRunner: where === 'process' ? startPrograms(folder) : performPrograms(folder),
    }),
    async store(rows) {
      count += 1;
      const rowsFile = join(folder, `${count}.parquet`);
      await writeRowsFile(session, rows, rowsFile);
      return { record: toSampleRecord(rows, digestText(rowsFile)), rowsFile };
    },
    async close() {
      session.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function startPrograms(folder: string): ProgramRunner {
  return createProcessProgramRunner({
    toProgramFile: (program) => fileURLToPath(new URL(`${program}/main.ts`, PROGRAMS)),
    jobsFolder: join(folder, 'jobs'),
    clock: createSystemClock(),
    processIdentity: createSystemProcessIdentity(),
    environment: process.env,
    nodeArguments: ['--import', import.meta.resolve('tsx')],
  });
}

function performPrograms(folder: string): ProgramRunner {
  return createMemoryProgramRunner({
    clock: createSystemClock(),
    programs: {
      'materialize online': (job) =>
        materialiseOnline(job, {
          resolvePath: resolve,
          scratchFolder: join(folder, 'scratch'),
          async withWriter(url, work) {
            const database = createPostgresDatabase({ url, maxConnections: 1 });
            try {
              return await work(await openPostgresOnlineRowWriter({ database }));
            } finally {
              await database.close();
            }
          },
        }),
    },
  });
}
