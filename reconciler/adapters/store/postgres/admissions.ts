import { toCanonicalJson } from '../../../core/contracts/canonical-json.ts';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { digestText } from '../../../core/contracts/digest.ts';
import { type NormalForm, toRef } from '../../../core/contracts/normal-form.ts';
import { compareRefs, toRefKey } from '../../../core/contracts/ref.ts';
import type { Admission, AdmittedApproval } from '../../../core/plan/admission.ts';
import type { Database, SqlSession } from '../../../ports/database.ts';
import type { AdmissionStore } from '../../../ports/store.ts';
import { assertLeader } from './fencing.ts';

const ADMISSION_VERSION = 1;
const DESIRED_VERSION = 1;

type HeaderRow = Omit<Admission, 'desired' | 'approval'> & {
  readonly approval: AdmittedApproval | null;
};

type DesiredRow = { readonly key: string; readonly digest: string; readonly form: string };

export function createAdmissionStore(database: Database): AdmissionStore {
  return {
    readLatest: () => database.snapshot(readLatest),

    async readApproval(sequence) {
      const [row] = await database.query<{ readonly approval: AdmittedApproval | null }>(
        'SELECT approval FROM admission WHERE sequence = $1',
        [sequence],
      );
      return row?.approval ?? null;
    },

    async admit(fence, admission) {
      // Hashing thousands of resources takes a while: before, and not while holding the lease row.
      const desired = admission.desired.map(toDesiredRow);
      await database.transaction(async (session) => {
        await assertLeader(session, fence);
        await insertHeader(session, fence.epoch, admission);
        await replaceDesired(session, admission.sequence, desired);
      });
    },
  };
}

async function readLatest(session: SqlSession): Promise<Admission | null> {
  const [found] = await session.query<HeaderRow>(
    `SELECT sequence, revision, plan_digest AS "planDigest", policy_digest AS "policyDigest",
            held_back AS "heldBack", effects, refusals, rules, removals, approval
     FROM admission ORDER BY sequence DESC LIMIT 1`,
  );
  if (found === undefined) return null;
  const { approval, ...header } = found;
  const rows = await session.query<{ form: NormalForm }>('SELECT form FROM desired');
  const desired = rows.map(({ form }) => form);
  return {
    ...header,
    ...(approval === null ? {} : { approval }),
    desired: desired.sort((a, b) => compareRefs(toRef(a), toRef(b))),
  };
}

/**
 * The condition and the primary key together decide: of two admissions of the same sequence the
 * second waits for the first to commit, then inserts nothing.
 */
async function insertHeader(
  session: SqlSession,
  epoch: number,
  admission: Admission,
): Promise<void> {
  const rows = await session.query(
    `INSERT INTO admission
       (sequence, v, epoch, revision, plan_digest, policy_digest, held_back, effects, refusals,
        rules, removals, approval)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
     WHERE $1 = (SELECT coalesce(max(sequence), 0) + 1 FROM admission)
     ON CONFLICT DO NOTHING RETURNING sequence`,
    [
      admission.sequence,
      ADMISSION_VERSION,
      epoch,
      admission.revision,
      admission.planDigest,
      admission.policyDigest,
      toCanonicalJson(admission.heldBack),
      toCanonicalJson(admission.effects),
      toCanonicalJson(admission.refusals),
      toCanonicalJson(admission.rules),
      toCanonicalJson(admission.removals),
      admission.approval === undefined ? null : toCanonicalJson(admission.approval),
    ],
  );
  if (rows.length > 0) return;
  throw new CodedError('P405', `admission ${admission.sequence} does not follow the latest`, {
    details: { sequence: admission.sequence },
  });
}

/** Ten thousand digests are read, and only the rows that differ are written. */
async function replaceDesired(
  session: SqlSession,
  sequence: number,
  desired: readonly DesiredRow[],
): Promise<void> {
  const rows = await session.query<{ key: string; digest: string }>(
    'SELECT ref_key AS key, digest FROM desired',
  );
  const before = new Map(rows.map(({ key, digest }) => [key, digest]));
  const changed = desired.filter(({ key, digest }) => before.get(key) !== digest);
  for (const { key } of desired) before.delete(key);
  if (before.size > 0) {
    await session.query('DELETE FROM desired WHERE ref_key = ANY ($1::text[])', [
      [...before.keys()],
    ]);
  }
  if (changed.length === 0) return;
  await session.query(
    `INSERT INTO desired (ref_key, v, digest, form, admission)
     SELECT key, ${DESIRED_VERSION}, digest, form::json, $4
     FROM unnest($1::text[], $2::text[], $3::text[]) AS row (key, digest, form)
     ON CONFLICT (ref_key) DO UPDATE
     SET v = excluded.v, digest = excluded.digest, form = excluded.form,
         admission = excluded.admission`,
    [
      changed.map(({ key }) => key),
      changed.map(({ digest }) => digest),
      changed.map(({ form }) => form),
      sequence,
    ],
  );
}

function toDesiredRow(form: NormalForm): DesiredRow {
  const text = toCanonicalJson(form);
  return { key: toRefKey(toRef(form)), digest: digestText(text), form: text };
}
