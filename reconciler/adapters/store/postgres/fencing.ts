import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { Fence } from '../../../core/contracts/fence.ts';
import type { SqlSession } from '../../../ports/database.ts';

/**
 * The first step of every write. The row stays locked until the transaction ends, and a new
 * leader must change the locked key: so no write of an older epoch commits after a newer one
 * was given out, however slow it is. The time is the server's, read at this moment and not at
 * the start of the transaction.
 */
export async function assertLeader(session: SqlSession, fence: Fence): Promise<void> {
  const rows = await session.query(
    `SELECT 1 FROM leader
     WHERE epoch = $1 AND holder = $2 AND expires_at > clock_timestamp()
     FOR KEY SHARE`,
    [fence.epoch, fence.holder],
  );
  if (rows.length > 0) return;
  throw new CodedError('P403', `epoch ${fence.epoch} does not lead this zone`, {
    details: { epoch: fence.epoch },
  });
}
