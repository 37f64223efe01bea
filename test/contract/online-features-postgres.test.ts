import { readdir } from 'node:fs/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPostgresDatabase } from '../../reconciler/adapters/database/postgres/database.ts';
import { ONLINE_FEATURES_MIGRATIONS } from '../../reconciler/adapters/online-features/postgres/migrations.ts';
import { createPostgresOnlineFeatureReader } from '../../reconciler/adapters/online-features/postgres/online-feature-reader.ts';
import { openPostgresOnlineRowWriter } from '../../reconciler/adapters/online-features/postgres/online-row-writer.ts';
import { toDefinitionDigest } from '../../reconciler/core/features/contract.ts';
import { toEntityKey } from '../../reconciler/core/features/entity-key.ts';
import type { SourceRow, SourceValue } from '../../reconciler/core/features/evaluate-view.ts';
import { parseMicros, toMicrosText } from '../../reconciler/core/features/micros.ts';
import { readOnlineValues } from '../../reconciler/core/features/read-online-values.ts';
import type { ViewDefinition } from '../../reconciler/core/features/view-definition.ts';
import type { Database } from '../../reconciler/ports/database.ts';
import type { OnlineRowToWrite, OnlineState } from '../../reconciler/ports/online-features.ts';
import { Secret } from '../../reconciler/ports/secrets.ts';
import { startLineChild } from '../support/child-process.ts';
import {
  BASE_MICROS,
  joinByBruteForce,
  SAMPLE_VIEW,
  sourceRows,
  viewDefinitions,
  viewRequests,
} from '../support/feature-samples.ts';
import { openPostgresOnline, type PostgresOnline } from '../support/online-subjects.ts';
import { useTestDatabase } from '../support/postgres.ts';

const WRITER = new URL('../support/online-writer-child.ts', import.meta.url);
const DIGEST = toDefinitionDigest(SAMPLE_VIEW);

const testDatabase = useTestDatabase();
let database: Database;

beforeEach(async () => {
  await testDatabase().reset();
  database = testDatabase().open();
});

describe('offline and online', () => {
  let online: PostgresOnline;
  beforeEach(async () => {
    online = await openPostgresOnline(testDatabase(), 'here');
  });
  afterEach(() => online.close());

  it('give the same values with the same statuses, through the real store', async () => {
    const property = fc.asyncProperty(
      viewDefinitions,
      sourceRows.filter((rows) => rows.length > 0),
      viewRequests,
      async (definition, rows, requests) => {
        // Ends on a whole millisecond once the microsecond is added, as any clock of ours does.
        const newest = Math.max(...rows.map(({ availableMicros }) => availableMicros));
        const asOf = Math.ceil((newest + 1) / 1000) * 1000;
        const last = { ...rows[0], availableMicros: asOf - 1, sequence: 99_999 };
        const all = [
          ...rows,
          { ...last, eventMicros: BASE_MICROS, columns: { region: 'z', account: 0n } },
        ];
        await online.onlineFeatures.remove(definition.view);
        const state = await materialiseLatest(online, definition, all);
        expect(parseMicros(state.asOf)).toBe(asOf);
        const asked = requests.map(({ keys }) => ({ keys, atMicros: asOf }));
        const stored = await online.onlineFeatures.read(
          asked.map(({ keys }) => ({
            definitionDigest: toDefinitionDigest(definition),
            entityKey: toKeyText(keys),
          })),
        );
        const served = stored.map((row) => {
          if (row === 'not-made') throw new Error('its rows are gone');
          return readOnlineValues(definition, row, asOf / 1000);
        });
        expect(served).toEqual(joinByBruteForce(definition, all, asked));
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });
});

describe('the program that makes online rows', () => {
  let online: PostgresOnline;
  beforeEach(async () => {
    online = await openPostgresOnline(testDatabase(), 'process');
  });
  afterEach(() => online.close());

  it('reads the address of the database from a file that is gone afterwards', async () => {
    const [row] = fc.sample(
      sourceRows.filter((rows) => rows.length > 0),
      { seed: 1, numRuns: 1 },
    );
    const rows = (row ?? []).map((item) => ({ ...item, availableMicros: item.eventMicros }));
    const state = await materialiseLatest(online, SAMPLE_VIEW, rows);
    expect(state.rows).toBeGreaterThan(0);
    expect(await readdir(online.secretsFolder)).toEqual([]);
  });
});

describe('online rows in Postgres', () => {
  const read = async (key: string) => {
    const reader = createPostgresOnlineFeatureReader({ database });
    const [row] = await reader.read([{ definitionDigest: DIGEST, entityKey: key }]);
    return typeof row === 'object' ? (row?.values[0] ?? null) : row;
  };

  it('stay whole when the writing breaks between two portions', async () => {
    const writer = await openPostgresOnlineRowWriter({ database });
    await writer.replace(toNext(1), toPortions([[toRow('a', 1)], [toRow('b', 1)]]));
    const broken = (async function* () {
      yield [toRow('a', 2)];
      throw new Error('out of memory');
    })();
    await expect(writer.replace(toNext(2), broken)).rejects.toThrow('out of memory');
    expect([await read('a'), await read('b')]).toEqual([1, 1]);
    const reader = createPostgresOnlineFeatureReader({ database });
    expect(await reader.readState(DIGEST)).toMatchObject({ rows: 2, asOf: toNext(1).asOf });
  });

  it('stay whole when the writer is killed between two portions', async () => {
    const writer = await openPostgresOnlineRowWriter({ database });
    await writer.replace(toNext(1), toPortions([[toRow('a', 1)], [toRow('b', 1)]]));
    const child = await startLineChild(WRITER, [
      testDatabase().url.reveal(),
      JSON.stringify(toNext(2)),
      JSON.stringify([toRow('a', 2)]),
    ]);
    // The first portion is written, and the second never comes.
    expect(await child.ask('begin')).toBe('written');
    await child.kill();
    expect([await read('a'), await read('b')]).toEqual([1, 1]);
    await writer.replace(toNext(2), toPortions([[toRow('a', 2)]]));
    expect([await read('a'), await read('b')]).toEqual([2, null]);
  });

  it('are those of who began last, in whatever order writers come', async () => {
    const writers = await Promise.all(
      [1, 2, 3, 4].map(() => openPostgresOnlineRowWriter({ database: testDatabase().open() })),
    );
    const states = await Promise.all(
      writers.map((writer, index) => {
        const moment = [2, 4, 1, 3][index] ?? 0;
        return writer.replace(
          toNext(moment),
          toPortions([[toRow('a', moment)], [toRow(`only ${moment}`, moment)]]),
        );
      }),
    );
    expect(Math.max(...states.map(({ sequence }) => sequence))).toBe(4);
    expect([await read('a'), await read('only 4'), await read('only 3')]).toEqual([4, 4, null]);
  });

  it('pull nothing when what is there is of who began later', async () => {
    const writer = await openPostgresOnlineRowWriter({ database });
    const state = await writer.replace(toNext(2), toPortions([[toRow('a', 2)]]));
    let pulled = 0;
    const portions = (async function* () {
      pulled += 1;
      yield [toRow('a', 1)];
    })();
    expect(await writer.replace(toNext(1), portions)).toEqual(state);
    expect(pulled).toBe(0);
    expect(await read('a')).toBe(2);
  });

  it('made before there was a sequence stay, with their definition, until anybody makes them anew', async () => {
    const [first] = ONLINE_FEATURES_MIGRATIONS;
    await database.migrate('online-features', first === undefined ? [] : [first]);
    const { view, snapshotDigest, asOf } = toNext(0);
    await database.query(
      `INSERT INTO online_state (definition_digest, view, definition, snapshot_digest, as_of, rows)
       VALUES ($1, $2, $3, $4, $5, 1)`,
      [DIGEST, view, JSON.stringify(SAMPLE_VIEW), snapshotDigest, asOf],
    );
    await database.query(
      `INSERT INTO online_feature VALUES ($1, 'a', '{1}', $2::timestamptz, $2::timestamptz)`,
      [DIGEST, asOf],
    );
    const writer = await openPostgresOnlineRowWriter({ database });
    const reader = createPostgresOnlineFeatureReader({ database });
    expect(await reader.readDefinition(DIGEST)).toEqual(SAMPLE_VIEW);
    expect(await reader.readState(DIGEST)).toMatchObject({ snapshotDigest, sequence: 0 });
    expect(await read('a')).toBe(1);
    await writer.replace(toNext(1), toPortions([[toRow('a', 2)]]));
    expect(await read('a')).toBe(2);
  });

  it('keep every bit of a number, and no time zone has a say', async () => {
    const numbers = [0.1 + 0.2, 1e300, 5e-324, -1 / 3, Number.MAX_SAFE_INTEGER, null];
    const writer = await openPostgresOnlineRowWriter({ database });
    const eventTime = toMicrosText(BASE_MICROS - 1);
    await writer.replace(toNext(1), toPortions([[{ entityKey: 'a', values: numbers, eventTime }]]));
    const reader = createPostgresOnlineFeatureReader({ database });
    expect(await reader.read([{ definitionDigest: DIGEST, entityKey: 'a' }])).toEqual([
      { values: numbers, eventTime: BASE_MICROS / 1000 - 1 },
    ]);
  });

  it('are never made up: a store that is away is P401', async () => {
    const url = new Secret('postgres://nobody@127.0.0.1:1/nothing');
    const away = createPostgresDatabase({ url, maxConnections: 1 });
    const reader = createPostgresOnlineFeatureReader({ database: away });
    const keys = [{ definitionDigest: DIGEST, entityKey: 'a' }];
    await expect(reader.read(keys)).rejects.toMatchObject({ code: 'P401' });
    await expect(reader.read(keys)).rejects.toMatchObject({ code: 'P401' });
    await away.close();
  });
});

async function materialiseLatest(
  { onlineFeatures, store }: PostgresOnline,
  definition: ViewDefinition,
  rows: readonly SourceRow[],
): Promise<OnlineState> {
  const sequence = await onlineFeatures.takeSequence();
  return onlineFeatures.materialise(definition, await store(rows), sequence);
}

function toNext(moment: number) {
  return {
    view: SAMPLE_VIEW.view,
    definition: SAMPLE_VIEW,
    definitionDigest: DIGEST,
    snapshotDigest: `sha256:${String(moment).padStart(64, '0')}`,
    // The later a writer begins, the less far its snapshot reaches: that has no say.
    asOf: toMicrosText(BASE_MICROS - moment),
    sequence: moment,
  };
}

function toRow(entityKey: string, value: number): OnlineRowToWrite {
  return { entityKey, values: [value], eventTime: toMicrosText(BASE_MICROS) };
}

async function* toPortions(portions: readonly (readonly OnlineRowToWrite[])[]) {
  yield* portions;
}

/** A request with a part of its key missing is for a key that nobody has. */
function toKeyText(keys: readonly SourceValue[]): string {
  const whole = keys.filter((key) => key !== null);
  return whole.length === keys.length ? toEntityKey(whole) : 'incomplete';
}
