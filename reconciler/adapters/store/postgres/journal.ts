import { type RecordDraft, type SealedRecord, sealRecord } from '../../../core/audit/record.ts';
import { toCanonicalJson } from '../../../core/contracts/canonical-json.ts';
import type { Digest } from '../../../core/contracts/digest.ts';
import { type Instant, parseRfc3339 } from '../../../core/contracts/instant.ts';
import { toRefKey } from '../../../core/contracts/ref.ts';
import { NOTHING_RECORDED } from '../../../core/plan/planner.ts';
import type { Database, SqlSession } from '../../../ports/database.ts';
import type { Intent, JournalStore, OpenIntent, TerminalOutcome } from '../../../ports/store.ts';
import { assertLeader } from './fencing.ts';
import { type StoredRecord, toSealedRecord } from './outbox.ts';
import { listRecorded, readRecorded } from './recorded.ts';

const INTENT_VERSION = 1;
const RECORD_VERSION = 1;

export function createJournalStore(database: Database): JournalStore {
  return {
    async openIntent(fence, intent) {
      return database.transaction(async (session) => {
        await assertLeader(session, fence);
        return insertIntent(session, fence.epoch, intent);
      });
    },

    async recordOutcome(fence, outcome) {
      const { draft } = outcome;
      const at = parseRfc3339(draft.at);
      return database.transaction(async (session) => {
        await assertLeader(session, fence);
        const earlier = await lockIntent(session, draft);
        if (earlier !== null) return earlier;
        if (at === null) throw new Error(`outcome with a bad time: ${draft.at}`);
        return appendOutcome(session, outcome, at);
      });
    },

    async listOpenIntents() {
      const rows = await database.query<{ intent: Intent; epoch: number }>(
        'SELECT intent, epoch FROM effect WHERE outcome IS NULL ORDER BY opened',
      );
      return rows.map(({ intent, epoch }): OpenIntent => ({ ...intent, epoch }));
    },

    async readRecorded(ref) {
      return (await readRecorded(database, toRefKey(ref))) ?? NOTHING_RECORDED;
    },

    listRecorded: () => listRecorded(database),
  };
}

/**
 * An open intent keeps its first content: the effect may already have happened because of it. What
 * was decided under an earlier admission, and has not begun, must be decided again.
 */
async function insertIntent(
  session: SqlSession,
  epoch: number,
  intent: Intent,
): Promise<'open' | 'terminal' | 'superseded'> {
  const { effect } = intent;
  const rows = await session.query(
    `INSERT INTO effect (effect_id, ref_key, v, intent, epoch, action, target_digest)
     SELECT $1, $2, $3, $4, $5, $6, $7
     WHERE EXISTS (SELECT 1 FROM effect WHERE effect_id = $1)
        OR NOT EXISTS (SELECT 1 FROM admission WHERE sequence > $8)
     ON CONFLICT (effect_id) DO UPDATE SET epoch = excluded.epoch WHERE effect.outcome IS NULL
     RETURNING effect_id`,
    [
      effect.id,
      toRefKey(effect.ref),
      INTENT_VERSION,
      toCanonicalJson(intent),
      epoch,
      effect.action,
      effect.targetDigest,
      intent.admissionSequence,
    ],
  );
  if (rows.length > 0) return 'open';
  const known = await session.query('SELECT 1 FROM effect WHERE effect_id = $1', [effect.id]);
  return known.length > 0 ? 'terminal' : 'superseded';
}

/** Locks the effect's row; gives its record when it has one already. */
async function lockIntent(session: SqlSession, draft: RecordDraft): Promise<SealedRecord | null> {
  const [effect] = await session.query<{ outcome: string | null }>(
    'SELECT outcome FROM effect WHERE effect_id = $1 AND ref_key = $2 FOR UPDATE',
    [draft.effectId, toRefKey(draft.ref)],
  );
  if (effect === undefined) throw new Error(`outcome without intent: ${draft.effectId}`);
  if (effect.outcome === null) return null;
  const [stored] = await session.query<StoredRecord>(
    'SELECT record, digest FROM outbox WHERE effect_id = $1',
    [draft.effectId],
  );
  if (stored === undefined) throw new Error(`outcome without record: ${draft.effectId}`);
  return toSealedRecord(stored);
}

/**
 * The tail's row is locked from here to the commit. That makes appending strictly serial, and the
 * sequence free of gaps: a transaction that fails gives its number back.
 */
async function appendOutcome(
  session: SqlSession,
  outcome: TerminalOutcome,
  at: Instant,
): Promise<SealedRecord> {
  const { draft, live, summary } = outcome;
  const [tail] = await session.query<{ seq: number; digest: Digest | null }>(
    'SELECT seq, digest FROM tail FOR UPDATE',
  );
  if (tail === undefined) throw new Error('the store has no tail row');
  const sealed = sealRecord(draft, { seq: tail.seq + 1, prev: tail.digest });
  await session.query(
    `WITH ended AS (
       UPDATE effect SET outcome = $2, live = $3, ended_at_ms = $4 WHERE effect_id = $1
     ), appended AS (
       INSERT INTO outbox (seq, effect_id, v, record, digest, at_ms, summary)
       VALUES ($5, $1, ${RECORD_VERSION}, $6, $7, $4, $9)
     ), moved AS (
       UPDATE tail SET seq = $5, digest = $7, at_ms = $4
     )
     INSERT INTO recorded (ref_key, terminal_effects, failures, last_effect, achieved_effect)
     VALUES ($8, 1, CASE WHEN $2 = 'failed' THEN 1 ELSE 0 END, $1,
             CASE WHEN $2 = 'succeeded' THEN $1 END)
     ON CONFLICT (ref_key) DO UPDATE
     SET terminal_effects = recorded.terminal_effects + 1,
         failures = CASE
           WHEN excluded.failures = 0 THEN 0
           WHEN (SELECT target_digest FROM effect WHERE effect_id = recorded.last_effect)
              = (SELECT target_digest FROM effect WHERE effect_id = excluded.last_effect)
           THEN recorded.failures + 1
           ELSE 1
         END,
         last_effect = excluded.last_effect,
         achieved_effect = coalesce(excluded.achieved_effect, recorded.achieved_effect)`,
    [
      draft.effectId,
      draft.outcome,
      live === null ? null : toCanonicalJson(live),
      at,
      sealed.record.seq,
      sealed.text,
      sealed.digest,
      toRefKey(draft.ref),
      JSON.stringify(summary),
    ],
  );
  return sealed;
}
