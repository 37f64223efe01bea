import assert from 'node:assert/strict';
import { toCanonicalJson } from '../../../core/contracts/canonical-json.ts';
import { digestJson } from '../../../core/contracts/digest.ts';
import { type Fence, isHigherEpoch } from '../../../core/contracts/fence.ts';
import { type NormalForm, toRef } from '../../../core/contracts/normal-form.ts';
import { compareRefs, parseRefKey, type Ref, toRefKey } from '../../../core/contracts/ref.ts';
import type { EffectId } from '../../../core/plan/effect.ts';
import type { Database, SqlSession } from '../../../ports/database.ts';
import type { Definitions } from '../../../ports/definitions.ts';
import { DEFINITIONS_MIGRATIONS } from './migrations.ts';

const DEFINITION_VERSION = 1;

type DefinitionRow = { readonly form: NormalForm | null; readonly lastEffectId: EffectId };

/** Beside the zone's journal, in the same database, but with a fence of its own as any receiver. */
export async function openPostgresDefinitions(deps: {
  readonly database: Database;
}): Promise<Definitions> {
  const { database } = deps;
  await database.migrate('definitions', DEFINITIONS_MIGRATIONS);
  return {
    raiseFence: (fence) => database.transaction((session) => raiseEpoch(session, fence)),

    async observe(ref) {
      const row = await readRow(database, ref);
      if (row === null) return { read: { state: 'absent' }, lastEffectId: null };
      const { form, lastEffectId } = row;
      if (form === null) return { read: { state: 'absent' }, lastEffectId };
      const read = { state: 'present', value: form, observedDigest: digestJson(form) } as const;
      return { read, lastEffectId };
    },

    async list() {
      const rows = await database.query<{ key: string }>(
        'SELECT ref_key AS key FROM definition WHERE form IS NOT NULL',
      );
      return rows.map(({ key }) => toStoredRef(key)).sort(compareRefs);
    },

    async apply({ fence, effect, target }) {
      return database.transaction(async (session) => {
        await raiseEpoch(session, fence);
        const before = await readRow(session, effect.ref);
        if (before?.lastEffectId === effect.id) return before.form;
        await writeRow(session, effect.ref, { form: target, lastEffectId: effect.id });
        return target;
      });
    },

    async amend({ fence, lastEffectId, form }) {
      return database.transaction(async (session) => {
        await raiseEpoch(session, fence);
        const ref = toRef(form);
        const before = await readRow(session, ref);
        if (before?.lastEffectId !== lastEffectId || before.form === null) return false;
        await writeRow(session, ref, { form, lastEffectId });
        return true;
      });
    },
  };
}

/** Locks the fence until the transaction ends: writes happen one after the other. */
async function raiseEpoch(session: SqlSession, fence: Fence): Promise<void> {
  const [row] = await session.query<{ epoch: number }>(
    'SELECT epoch FROM definition_fence FOR UPDATE',
  );
  assert(row !== undefined, 'the store has no fence row');
  if (isHigherEpoch(row.epoch, fence)) {
    await session.query('UPDATE definition_fence SET epoch = $1', [fence.epoch]);
  }
}

async function readRow(session: SqlSession, ref: Ref): Promise<DefinitionRow | null> {
  const [row] = await session.query<DefinitionRow>(
    'SELECT form, last_effect_id AS "lastEffectId" FROM definition WHERE ref_key = $1',
    [toRefKey(ref)],
  );
  return row ?? null;
}

async function writeRow(session: SqlSession, ref: Ref, row: DefinitionRow): Promise<void> {
  await session.query(
    `INSERT INTO definition (ref_key, v, form, last_effect_id) VALUES ($1, $2, $3, $4)
     ON CONFLICT (ref_key) DO UPDATE
     SET v = excluded.v, form = excluded.form, last_effect_id = excluded.last_effect_id`,
    [
      toRefKey(ref),
      DEFINITION_VERSION,
      row.form === null ? null : toCanonicalJson(row.form),
      row.lastEffectId,
    ],
  );
}

function toStoredRef(key: string): Ref {
  const ref = parseRefKey(key);
  assert(ref !== null, `the store holds a malformed reference: ${key}`);
  return ref;
}
