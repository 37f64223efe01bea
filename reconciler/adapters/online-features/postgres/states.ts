import type { ViewDefinition } from '../../../core/features/view-definition.ts';
import type { SqlSession } from '../../../ports/database.ts';
import type { OnlineState } from '../../../ports/online-features.ts';

const AS_OF = `to_char(as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const COLUMNS = `view, definition_digest AS "definitionDigest", snapshot_digest AS "snapshotDigest",
  ${AS_OF} AS "asOf", rows`;

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
     ORDER BY online_state.as_of DESC, definition_digest`,
    [view],
  );
}

export async function readDefinition(
  session: SqlSession,
  definitionDigest: string,
): Promise<ViewDefinition | null> {
  const [row] = await session.query<{ definition: ViewDefinition }>(
    'SELECT definition FROM online_state WHERE definition_digest = $1',
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
    `INSERT INTO online_state (definition_digest, view, definition, snapshot_digest, as_of, rows)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (definition_digest) DO UPDATE
     SET snapshot_digest = excluded.snapshot_digest, as_of = excluded.as_of, rows = excluded.rows`,
    [
      state.definitionDigest,
      state.view,
      JSON.stringify(definition),
      state.snapshotDigest,
      state.asOf,
      state.rows,
    ],
  );
}
