import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPostgresDatabase } from '../../../reconciler/adapters/database/postgres/database.ts';
import { openPostgresOnlineRowWriter } from '../../../reconciler/adapters/online-features/postgres/online-row-writer.ts';
import { toDefinitionDigest } from '../../../reconciler/core/features/contract.ts';
import { toEntityKey } from '../../../reconciler/core/features/entity-key.ts';
import type { Secret } from '../../../reconciler/ports/secrets.ts';
import { createTestServer } from '../../support/postgres-server.ts';
import { ACTIVITY } from './made-up-rows.ts';

const ROWS_PER_PORTION = 2_000;
const AS_OF = '2026-01-01T00:00:00.000000Z';

/** A Postgres of its own with that many rows of one view, gone afterwards. */
export async function withFilledDatabase<Result>(
  rows: number,
  work: (url: Secret) => Promise<Result>,
): Promise<Result> {
  const stateFolder = await mkdtemp(join(tmpdir(), 'plumbline-bench-'));
  const server = createTestServer(stateFolder);
  try {
    const url = await (await server.ensureRunning()).ensureDatabase('features');
    const database = createPostgresDatabase({ url, maxConnections: 1 });
    const writer = await openPostgresOnlineRowWriter({ database });
    const definitionDigest = toDefinitionDigest(ACTIVITY);
    const state = {
      view: ACTIVITY.view,
      definition: ACTIVITY,
      definitionDigest,
      asOf: AS_OF,
      sequence: 1,
    };
    await writer.replace({ ...state, snapshotDigest: definitionDigest }, makePortions(rows));
    await database.query('VACUUM ANALYZE online_feature');
    await database.close();
    return await work(url);
  } finally {
    await server.destroy();
    await rm(stateFolder, { recursive: true, force: true });
  }
}

export function toFilledKey(index: number): string {
  return toEntityKey([`c-${index}`]);
}

async function* makePortions(rows: number) {
  for (let from = 0; from < rows; from += ROWS_PER_PORTION) {
    yield Array.from({ length: ROWS_PER_PORTION }, (_, index) => ({
      entityKey: toFilledKey(from + index),
      values: ACTIVITY.features.map((_feature, place) => (from + index) / (place + 1)),
      eventTime: AS_OF,
    }));
  }
}
