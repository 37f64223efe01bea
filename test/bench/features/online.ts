import pg from 'pg';
import { createPostgresDatabase } from '../../../reconciler/adapters/database/postgres/database.ts';
import { createPostgresOnlineFeatureReader } from '../../../reconciler/adapters/online-features/postgres/online-feature-reader.ts';
import { toDefinitionDigest } from '../../../reconciler/core/features/contract.ts';
import type { Secret } from '../../../reconciler/ports/secrets.ts';
import { type BenchCase, type Figure, percentile } from '../bench.ts';
import { toFilledKey, withFilledDatabase } from './filled-database.ts';
import { ACTIVITY } from './made-up-rows.ts';

const ROWS = 50_000;
const WARM_UP_READS = 200;
const READS = 3_000;

const DIGEST = toDefinitionDigest(ACTIVITY);

/** Baseline: the driver's prepared query for the same keys in one connection, rows as they come. */
export function toOnlineCase(name: string, keys: number): BenchCase {
  return {
    name,
    measure: ({ seed, note }) =>
      withFilledDatabase(ROWS, async (url) => {
        note(`${ROWS} rows of ${ACTIVITY.features.length} features, ${keys} keys a read`);
        const draw = toDraw(keys, seed);
        const bare = await measureBare(url, draw);
        const ours = await measureOurs(url, draw);
        const figure = (metric: Figure['metric'], of: (times: readonly number[]) => number) => ({
          ...{ metric, value: of(ours), baseline: of(bare), n: READS },
        });
        return [
          figure('per_second', (times) => 1000 / (sum(times) / times.length)),
          figure('p50_ms', (times) => percentile(times, 0.5)),
          figure('p99_ms', (times) => percentile(times, 0.99)),
        ];
      }),
  };
}

async function measureOurs(url: Secret, draw: (round: number) => readonly string[]) {
  const database = createPostgresDatabase({ url, maxConnections: 1 });
  const reader = createPostgresOnlineFeatureReader({ database });
  try {
    return await time(async (round) => {
      const keys = draw(round).map((entityKey) => ({ definitionDigest: DIGEST, entityKey }));
      const rows = await reader.read(keys);
      if (rows.includes(null)) throw new Error('a key that was written is unknown');
    });
  } finally {
    await database.close();
  }
}

async function measureBare(url: Secret, draw: (round: number) => readonly string[]) {
  const client = new pg.Client({ connectionString: url.reveal() });
  await client.connect();
  try {
    return await time(async (round) => {
      const { rows } = await client.query({
        name: 'bare',
        text: `SELECT entity_key, "values", event_time FROM online_feature
               WHERE definition_digest = $1 AND entity_key = ANY ($2)`,
        values: [DIGEST, draw(round)],
      });
      if (rows.length === 0) throw new Error('a key that was written is unknown');
    });
  } finally {
    await client.end();
  }
}

/** In milliseconds, one after the other. */
async function time(read: (round: number) => Promise<void>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round < WARM_UP_READS + READS; round += 1) {
    const startedAt = performance.now();
    await read(round);
    if (round >= WARM_UP_READS) times.push(performance.now() - startedAt);
  }
  return times;
}

/** Spread over all rows by a step that shares no factor with their number. */
function toDraw(keys: number, seed: number): (round: number) => readonly string[] {
  return (round) =>
    Array.from({ length: keys }, (_, index) =>
      toFilledKey(((round * keys + index) * 7919 + seed) % ROWS),
    );
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
