/**
 * A process that replaces online rows and stops half-way:
 * `online-writer-child.ts <database url> <what they are of> <first portion>`. Asked for anything,
 * it begins, and answers when the first portion is in the database and the second is awaited.
 */
import { createInterface } from 'node:readline';
import { createPostgresDatabase } from '../../reconciler/adapters/database/postgres/database.ts';
import { openPostgresOnlineRowWriter } from '../../reconciler/adapters/online-features/postgres/online-row-writer.ts';
import { Secret } from '../../reconciler/ports/secrets.ts';

const [url = '', next = '{}', portion = '[]'] = process.argv.slice(2);
const database = createPostgresDatabase({ url: new Secret(url), maxConnections: 1 });
const writer = await openPostgresOnlineRowWriter({ database });

async function* giveOnePortion() {
  yield JSON.parse(portion);
  process.stdout.write('written\n');
  await new Promise(() => {});
}

process.stdout.write('ready\n');
for await (const _ of createInterface({ input: process.stdin })) {
  await writer.replace(JSON.parse(next), giveOnePortion());
}
