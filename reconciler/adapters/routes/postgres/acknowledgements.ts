import type { RouteAcknowledgement } from '../../../core/contracts/generated/route-acknowledgement.generated.ts';
import {
  type HeardNode,
  hearAcknowledgement,
  MAX_HEARD_NODES,
} from '../../../core/serving/hear-acknowledgement.ts';
import type { SqlSession } from '../../../ports/database.ts';

const NODE_VERSION = 1;

export async function writeAcknowledgement(
  session: SqlSession,
  word: RouteAcknowledgement,
): Promise<void> {
  // Two words of a new node could both find no row; the lock also serialises the making of room.
  await session.query('LOCK TABLE route_node IN SHARE ROW EXCLUSIVE MODE');
  const [before] = await session.query<HeardNode>(
    'SELECT last, past_boots AS "pastBoots" FROM route_node WHERE node = $1',
    [word.node],
  );
  const heard = hearAcknowledgement(before ?? null, word);
  if (heard === null) return;
  await session.query(
    `INSERT INTO route_node (node, v, last, past_boots) VALUES ($1, $2, $3, $4)
     ON CONFLICT (node) DO UPDATE
     SET v = excluded.v, last = excluded.last, past_boots = excluded.past_boots,
         heard = excluded.heard`,
    [word.node, NODE_VERSION, JSON.stringify(heard.last), JSON.stringify(heard.pastBoots)],
  );
  await session.query(
    `DELETE FROM route_node WHERE node IN
       (SELECT node FROM route_node ORDER BY heard DESC OFFSET ${MAX_HEARD_NODES})`,
  );
}

export async function listLastWords(session: SqlSession): Promise<readonly RouteAcknowledgement[]> {
  const rows = await session.query<{ last: RouteAcknowledgement }>(
    'SELECT last FROM route_node ORDER BY node COLLATE "C"',
  );
  return rows.map(({ last }) => last);
}
