import type { Database, SqlSession } from '../../../ports/database.ts';
import type { OnlineRowToWrite, OnlineRowWriter } from '../../../ports/online-features.ts';
import { ONLINE_FEATURES_MIGRATIONS } from './migrations.ts';
import { readState, writeState } from './states.ts';

/** Apart from the locks of migrations: any fixed number does. */
const LOCK_SPACE = 0x6f6e6c;

export async function openPostgresOnlineRowWriter(deps: {
  readonly database: Database;
}): Promise<OnlineRowWriter> {
  const { database } = deps;
  await database.migrate('online-features', ONLINE_FEATURES_MIGRATIONS);
  return {
    replace({ definition, ...next }, portions) {
      const { definitionDigest, asOf, sequence } = next;
      return database.transaction(async (session) => {
        // A state that is not there yet cannot be locked, and two may be the first.
        await session.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [
          LOCK_SPACE,
          definitionDigest,
        ]);
        const before = await readState(session, definitionDigest);
        if (before !== null && before.sequence > sequence) return before;
        await session.query(
          'CREATE TEMPORARY TABLE online_key (entity_key text PRIMARY KEY) ON COMMIT DROP',
        );
        let rows = 0;
        for await (const portion of portions) {
          if (portion.length === 0) continue;
          await writePortion(session, { definitionDigest, asOf, portion });
          rows += portion.length;
        }
        await removeOthers(session, definitionDigest);
        const state = { ...next, rows };
        await writeState(session, state, definition);
        return state;
      });
    },
  };
}

/** Under the lock: nobody else writes rows of this definition meanwhile. */
async function writePortion(
  session: SqlSession,
  input: {
    readonly definitionDigest: string;
    readonly asOf: string;
    readonly portion: readonly OnlineRowToWrite[];
  },
): Promise<void> {
  const { definitionDigest, asOf, portion } = input;
  const keys = portion.map(({ entityKey }) => entityKey);
  await session.query(
    `INSERT INTO online_feature (definition_digest, entity_key, "values", event_time, as_of)
     SELECT $1, given.entity_key, given.list::double precision[], given.event_time::timestamptz,
       $2::timestamptz
     FROM unnest($3::text[], $4::text[], $5::text[]) AS given (entity_key, list, event_time)
     ON CONFLICT (definition_digest, entity_key) DO UPDATE
     SET "values" = excluded."values", event_time = excluded.event_time, as_of = excluded.as_of`,
    [
      definitionDigest,
      asOf,
      keys,
      portion.map(({ values }) => toArrayText(values)),
      portion.map(({ eventTime }) => eventTime),
    ],
  );
  await session.query('INSERT INTO online_key SELECT unnest($1::text[])', [keys]);
}

async function removeOthers(session: SqlSession, definitionDigest: string): Promise<void> {
  await session.query(
    `DELETE FROM online_feature AS stored
     WHERE definition_digest = $1
       AND NOT EXISTS (SELECT FROM online_key WHERE online_key.entity_key = stored.entity_key)`,
    [definitionDigest],
  );
}

/** The driver takes lists of text; a list of lists would lose where one ends. */
function toArrayText(values: readonly (number | null)[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : String(value))).join(',')}}`;
}
