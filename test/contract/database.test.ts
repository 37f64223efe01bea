import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createPostgresDatabase } from '../../reconciler/adapters/database/postgres/database.ts';
import { Secret } from '../../reconciler/ports/secrets.ts';
import { ensureTestServer, useTestDatabase } from '../support/postgres.ts';
import { describeDatabase } from './database.contract.ts';

const testDatabase = useTestDatabase();

describeDatabase({
  name: 'Postgres',
  async create() {
    await testDatabase().reset();
    return { open: testDatabase().open, async close() {} };
  },
});

describe('Postgres that cannot be reached', () => {
  it('is a failure to retry when nobody listens', async () => {
    const port = await findClosedPort();
    await expectFailure(`postgresql://me:pass-word@127.0.0.1:${port}/x`, 'retry');
  });

  it('is a failure to stop at when the password is wrong', async () => {
    const url = new URL((await ensureTestServer()).url('postgres').reveal());
    url.password = 'pass-word';
    await expectFailure(url.href, 'stop');
  });

  it('is a failure to stop at when there is no such database', async () => {
    const url = (await ensureTestServer()).url('nowhere');
    await expectFailure(url.reveal(), 'stop');
  });
});

/** The same by each way in, and never with the password in it. */
async function expectFailure(url: string, remedy: string): Promise<void> {
  const database = createPostgresDatabase({ url: new Secret(url) });
  const calls = [
    () => database.query('SELECT 1'),
    () => database.transaction((session) => session.query('SELECT 1')),
    () => database.snapshot((session) => session.query('SELECT 1')),
    () => database.migrate('things', []),
  ];
  for (const call of calls) {
    const error = await call().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'P401', remedy });
    expect(JSON.stringify(error) + String(error)).not.toContain('pass-word');
  }
  await database.close();
}

function findClosedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}
