import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { OnlineJob } from '../../../core/contracts/runner-jobs.ts';
import { toDefinitionDigest } from '../../../core/features/contract.ts';
import { toOnlineAsOf } from '../../../core/features/micros.ts';
import type { ViewDefinition } from '../../../core/features/view-definition.ts';
import type { Database } from '../../../ports/database.ts';
import type { OnlineFeatures, OnlineState } from '../../../ports/online-features.ts';
import type { ProgramRunner } from '../../../ports/program-runner.ts';
import type { Secret } from '../../../ports/secrets.ts';
import type { StoredSnapshot } from '../../../ports/snapshots.ts';
import { ONLINE_FEATURES_MIGRATIONS } from './migrations.ts';
import { createPostgresOnlineFeatureReader } from './online-feature-reader.ts';
import { keepOnly, readState, removeView, takeSequence } from './states.ts';

/** Tens of millions of rows take minutes; an hour means that it hangs. */
const LIMIT_MS = 60 * 60 * 1000;

type Deps = {
  readonly database: Database;
  /** Of the same database: the program that computes the rows writes them itself. */
  readonly databaseUrl: Secret;
  readonly programRunner: ProgramRunner;
  /** Inside the zone: the database's address lies there while the program needs it. */
  readonly secretsFolder: string;
};

export async function openPostgresOnlineFeatures(deps: Deps): Promise<OnlineFeatures> {
  const { database } = deps;
  await database.migrate('online-features', ONLINE_FEATURES_MIGRATIONS);
  return {
    ...createPostgresOnlineFeatureReader({ database }),
    takeSequence: () => takeSequence(database),
    materialise: (definition, snapshot, sequence) =>
      materialise(deps, { definition, snapshot, sequence }),
    keepOnly: (view, definitionDigests) => keepOnly(database, view, definitionDigests),
    remove: (view) => removeView(database, view),
  };
}

async function materialise(
  { database, databaseUrl, programRunner, secretsFolder }: Deps,
  input: {
    readonly definition: ViewDefinition;
    readonly snapshot: StoredSnapshot;
    readonly sequence: number;
  },
): Promise<OnlineState> {
  const { definition, sequence } = input;
  const { record, rowsFile } = input.snapshot;
  const definitionDigest = toDefinitionDigest(definition);
  await mkdir(secretsFolder, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(secretsFolder, 'online-'));
  try {
    const databaseUrlFile = join(folder, 'database-url');
    await writeFile(databaseUrlFile, databaseUrl.reveal(), { mode: 0o600, flag: 'wx' });
    const job: OnlineJob = {
      v: 1,
      definition,
      definitionDigest,
      rowsFile,
      snapshotDigest: record.digest,
      asOf: toOnlineAsOf(record.watermark),
      sequence,
      databaseUrlFile,
    };
    await programRunner.run({ program: 'materialize', verb: 'online', job, limitMs: LIMIT_MS });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  // What counts is what is in the store, whoever wrote it.
  const state = await readState(database, definitionDigest);
  if (state !== null) return state;
  throw new CodedError(
    'P808',
    `the online rows of ${definition.view} were removed while they were being made`,
    { remedy: 'retry' },
  );
}
