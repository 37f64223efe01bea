import type { CounterDelta } from '../../../core/contracts/generated/counter-delta.generated.ts';
import type { SqlSession } from '../../../ports/database.ts';

/** False when it was taken before. The caller holds the lock of all counters. */
export async function takeSequence(session: SqlSession, delta: CounterDelta): Promise<boolean> {
  const { node, boot, sequence } = delta;
  const upTo = await readMark(session, delta);
  if (sequence <= upTo) return false;
  const inserted = await session.query(
    `INSERT INTO counter_taken (node, boot, sequence) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING RETURNING sequence`,
    [node, boot, sequence],
  );
  if (inserted.length === 0) return false;
  if (sequence === upTo + 1) await raiseMark(session, delta, upTo);
  return true;
}

async function readMark(session: SqlSession, { node, boot }: CounterDelta): Promise<number> {
  const [row] = await session.query<{ upTo: number }>(
    'SELECT up_to AS "upTo" FROM counter_boot WHERE node = $1 AND boot = $2',
    [node, boot],
  );
  return row?.upTo ?? 0;
}

/** To the first gap: rows below it say no more than the mark does. */
async function raiseMark(
  session: SqlSession,
  { node, boot }: CounterDelta,
  before: number,
): Promise<void> {
  const taken = await session.query<{ sequence: number }>(
    'SELECT sequence FROM counter_taken WHERE node = $1 AND boot = $2 ORDER BY sequence',
    [node, boot],
  );
  let upTo = before;
  for (const { sequence } of taken) {
    if (sequence !== upTo + 1) break;
    upTo = sequence;
  }
  await session.query(
    `INSERT INTO counter_boot (node, boot, up_to) VALUES ($1, $2, $3)
     ON CONFLICT (node, boot) DO UPDATE SET up_to = excluded.up_to`,
    [node, boot, upTo],
  );
  await session.query(
    'DELETE FROM counter_taken WHERE node = $1 AND boot = $2 AND sequence <= $3',
    [node, boot, upTo],
  );
}
