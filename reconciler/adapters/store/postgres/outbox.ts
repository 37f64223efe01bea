import type { LedgerRecord, SealedRecord } from '../../../core/audit/record.ts';
import type { Digest } from '../../../core/contracts/digest.ts';
import type { Instant } from '../../../core/contracts/instant.ts';
import type { Database, SqlSession } from '../../../ports/database.ts';
import type { LedgerTail, OutboxRow, OutboxStore } from '../../../ports/store.ts';
import { assertLeader } from './fencing.ts';

/** A record as it is stored: the sealed text itself, for its digest is over these very bytes. */
export type StoredRecord = { readonly record: string; readonly digest: Digest };

export function toSealedRecord(stored: StoredRecord): SealedRecord {
  return {
    record: JSON.parse(stored.record) as LedgerRecord,
    text: stored.record,
    digest: stored.digest,
  };
}

export function createOutboxStore(database: Database): OutboxStore {
  return {
    async listPending(maxRows) {
      const rows = await database.query<StoredRecord & Omit<OutboxRow, 'sealed'>>(
        `SELECT outbox.record, outbox.digest, outbox.summary, effect.live
         FROM outbox JOIN effect USING (effect_id)
         WHERE outbox.seq > (SELECT seq FROM ledger_mark)
         ORDER BY outbox.seq LIMIT $1`,
        [maxRows],
      );
      return rows.map(({ record, digest, ...row }) => ({
        sealed: toSealedRecord({ record, digest }),
        ...row,
      }));
    },

    async markLedgered(fence, seq, commit) {
      await database.transaction(async (session) => {
        await assertLeader(session, fence);
        const tail = await readTail(session);
        if (seq > (tail?.seq ?? 0)) throw new Error(`ledgered beyond the tail: ${seq}`);
        await session.query('UPDATE ledger_mark SET seq = $1, commit_oid = $2 WHERE seq < $1', [
          seq,
          commit,
        ]);
      });
    },

    async readBacklog() {
      const [row] = await database.query<{ rows: number; oldestAt: Instant | null }>(
        `SELECT tail.seq - mark.seq AS rows, oldest.at_ms AS "oldestAt"
         FROM tail CROSS JOIN ledger_mark AS mark
         LEFT JOIN outbox AS oldest ON oldest.seq = mark.seq + 1`,
      );
      return row ?? { rows: 0, oldestAt: null };
    },

    readTail: () => readTail(database),
  };
}

async function readTail(session: SqlSession): Promise<LedgerTail | null> {
  const [tail] = await session.query<LedgerTail>(
    'SELECT seq, digest, at_ms AS at FROM tail WHERE seq > 0',
  );
  return tail ?? null;
}
