import type { Database } from '../../../ports/database.ts';
import type { LeaseStore } from '../../../ports/store.ts';

const IS_OURS = 'epoch = $1 AND holder = $2 AND expires_at > clock_timestamp()';

export function createLeaseStore(database: Database): LeaseStore {
  return {
    async acquire(holder, ttlMs, above = 0) {
      const rows = await database.query<{ epoch: number }>(
        `UPDATE leader
         SET epoch = greatest(epoch, $3) + 1, holder = $1,
             expires_at = clock_timestamp() + $2 * interval '1 millisecond'
         WHERE expires_at <= clock_timestamp()
         RETURNING epoch`,
        [holder, ttlMs, above],
      );
      return rows[0] === undefined ? null : { holder, epoch: rows[0].epoch };
    },

    async renew(fence, ttlMs) {
      const rows = await database.query(
        `UPDATE leader SET expires_at = clock_timestamp() + $3 * interval '1 millisecond'
         WHERE ${IS_OURS} RETURNING epoch`,
        [fence.epoch, fence.holder, ttlMs],
      );
      return rows.length > 0;
    },

    async read() {
      const rows = await database.query<{ holder: string; epoch: number }>(
        'SELECT holder, epoch FROM leader WHERE expires_at > clock_timestamp()',
      );
      return rows[0] ?? null;
    },

    async release(fence) {
      await database.query(`UPDATE leader SET expires_at = '-infinity' WHERE ${IS_OURS}`, [
        fence.epoch,
        fence.holder,
      ]);
    },
  };
}
