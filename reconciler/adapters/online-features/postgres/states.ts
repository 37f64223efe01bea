import type { ViewDefinition } from '../../../core/features/view-definition.ts';
import type { Database, SqlSession } from '../../../ports/database.ts';
import type { OnlineState } from '../../../ports/online-features.ts';

const AS_OF = `to_char(as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const COLUMNS = `view, definition_digest AS "definitionDigest", snapshot_digest AS "snapshotDigest",
  ${AS_OF} AS "asOf", rows, sequence`;

export async function readState(
  session: SqlSession,
  definitionDigest: string,
): Promise<OnlineState | null> {
  const [state] = await session.query<OnlineState>(
    `SELECT ${COLUMNS} FROM online_state WHERE definition_digest = $1`,
    [definitionDigest],
  );
  return state ?? null;
}

export function listStates(session: SqlSession, view: string): Promise<readonly OnlineState[]> {
  return session.query<OnlineState>(
    `SELECT ${COLUMNS} FROM online_state WHERE view = $1
     ORDER BY sequence DESC, definition_digest`,
    [view],
  );
}

export async function readDefinition(
  session: SqlSession,
  definitionDigest: string,
): Promise<ViewDefinition | null> {
  const [row] = await session.query<{ definition: ViewDefinition }>(
    'SELECT definition FROM online_definition WHERE definition_digest = $1',
    [definitionDigest],
  );
  return row?.definition ?? null;
}

export async function writeState(
  session: SqlSession,
  state: OnlineState,
  definition: ViewDefinition,
): Promise<void> {
  await session.query(
    `INSERT INTO online_definition (definition_digest, view, definition) VALUES ($1, $2, $3)
     ON CONFLICT (definition_digest) DO NOTHING`,
    [state.definitionDigest, state.view, JSON.stringify(definition)],
  );
  await session.query(
    `INSERT INTO online_state (definition_digest, view, snapshot_digest, as_of, rows, sequence)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (definition_digest) DO UPDATE
     SET snapshot_digest = excluded.snapshot_digest, as_of = excluded.as_of, rows = excluded.rows,
       sequence = excluded.sequence`,
    [
      state.definitionDigest,
      state.view,
      state.snapshotDigest,
      state.asOf,
      state.rows,
      state.sequence,
    ],
  );
}

export async function takeSequence(session: SqlSession): Promise<number> {
  const [row] = await session.query<{ sequence: number }>(
    `SELECT nextval('online_sequence') AS sequence`,
  );
  return Number(row?.sequence);
}

export async function keepOnly(
  database: Database,
  view: string,
  definitionDigests: readonly string[],
): Promise<void> {
  await database.transaction(async (session) => {
    await session.query(
      `DELETE FROM online_feature USING online_state
       WHERE online_state.view = $1 AND online_state.definition_digest <> ALL ($2::text[])
         AND online_feature.definition_digest = online_state.definition_digest`,
      [view, definitionDigests],
    );
    await session.query(
      'DELETE FROM online_state WHERE view = $1 AND definition_digest <> ALL ($2::text[])',
      [view, definitionDigests],
    );
  });
}

export async function removeView(database: Database, view: string): Promise<void> {
  await keepOnly(database, view, []);
  await database.query('DELETE FROM online_definition WHERE view = $1', [view]);
}
