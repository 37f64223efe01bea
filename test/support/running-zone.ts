import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPostgresDatabase } from '../../reconciler/adapters/database/postgres/database.ts';
import type { ControlFile } from '../../reconciler/core/contracts/node-config.ts';
import type { Database } from '../../reconciler/ports/database.ts';
import { Secret } from '../../reconciler/ports/secrets.ts';

const ZONE = 'ae';

/** Where the zone's node answers, and as which process, by an installation's own files. */
export async function readNode(
  state: string,
): Promise<{ readonly url: string; readonly pid: number }> {
  const text = await readFile(join(state, 'processes', `serve-${ZONE}.json`), 'utf8');
  const { pid, details } = JSON.parse(text) as { pid: number; details: { port: number } };
  return { url: `http://127.0.0.1:${details.port}`, pid };
}

/** Asks the zone's database, or from beside it the server, which can drop it. */
export async function askDatabase<Answer>(
  state: string,
  where: 'zone' | 'server',
  ask: (database: Database, name: string) => Promise<Answer>,
): Promise<Answer> {
  const text = await readFile(join(state, 'zones', ZONE, 'control.json'), 'utf8');
  const url = new URL((JSON.parse(text) as ControlFile).databaseUrl);
  const name = url.pathname.slice(1);
  if (where === 'server') url.pathname = '/postgres';
  const database = createPostgresDatabase({ url: new Secret(url.href) });
  try {
    return await ask(database, name);
  } finally {
    await database.close();
  }
}
