import { describe, expect, it } from 'vitest';
import { createPostgresDatabase } from '../../reconciler/adapters/database/postgres/database.ts';
import type { DatabaseServer } from '../../reconciler/ports/database-server.ts';
import type { Secret } from '../../reconciler/ports/secrets.ts';

export type DatabaseServerSubject = {
  readonly name: string;
  /** Another handle on the same server, as another process would have. */
  open(): DatabaseServer;
  /** False for one that somebody else runs: it is there whatever we do. */
  readonly isOurs: boolean;
};

/** What every database server promises, whoever runs it. The tests share one, in their order. */
export function describeDatabaseServer(subject: DatabaseServerSubject): void {
  describe(`database server: ${subject.name}`, () => {
    it('is the same server for all who ask at once, the first time included', async () => {
      const handles = [subject.open(), subject.open(), subject.open()];
      const running = await Promise.all(handles.map((handle) => handle.ensureRunning()));
      const addresses = running.map((server) => server.url('postgres').reveal());
      expect(new Set(addresses).size).toBe(1);
      expect(await ask(running[0]?.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });

    it('creates a database where there is none, once for all who ask at once', async () => {
      const servers = await Promise.all(
        [subject.open(), subject.open()].map((handle) => handle.ensureRunning()),
      );
      const urls = await Promise.all(servers.map((server) => server.ensureDatabase('zone_ae')));
      const [url] = urls;
      const encoding = `SELECT current_database() AS name, current_setting('server_encoding') AS code`;
      expect(await ask(url, encoding)).toEqual([{ name: 'zone_ae', code: 'UTF8' }]);
      await ask(url, 'CREATE TABLE kept (name text)');
      const again = await servers[0]?.ensureDatabase('zone_ae');
      expect(await ask(again, 'SELECT name FROM kept')).toEqual([]);
    });

    it('tells an address without telling the password', async () => {
      const server = await subject.open().ensureRunning();
      expect(`${server.url('zone_ae')} ${JSON.stringify({ url: server.url('zone_ae') })}`).toBe(
        '[secret] {"url":"[secret]"}',
      );
      expect(new URL(server.url('zone_ae').reveal()).pathname).toBe('/zone_ae');
    });

    it('refuses names that would need quoting', async () => {
      const server = await subject.open().ensureRunning();
      for (const name of ['', 'a"b', 'a/b', 'Zone', 'x'.repeat(64), '1a', 'a b', 'é']) {
        expect(() => server.url(name), name).toThrow('plain name');
        await expect(server.ensureDatabase(name), name).rejects.toThrow('plain name');
      }
    });

    it('is found while it runs, and is started by nobody who only looks', async () => {
      const running = await subject.open().ensureRunning();
      const address = running.url('postgres').reveal();
      const found = await subject.open().find();
      expect(found?.url('postgres').reveal()).toBe(address);
      await subject.open().stop();
      for (let look = 0; look < 2; look += 1) {
        const left = await subject.open().find();
        expect(left?.url('postgres').reveal() ?? null).toBe(subject.isOurs ? null : address);
      }
    });

    it('has its data again after it was stopped', async () => {
      await subject.open().stop();
      await subject.open().stop();
      const server = await subject.open().ensureRunning();
      const url = await server.ensureDatabase('zone_ae');
      expect(await ask(url, 'SELECT name FROM kept')).toEqual([]);
    });
  });
}

/** One statement over a connection of its own. */
export async function ask(url: Secret | undefined, sql: string): Promise<readonly object[]> {
  if (url === undefined) throw new Error('there is no address');
  const database = createPostgresDatabase({ url });
  try {
    return await database.query(sql);
  } finally {
    await database.close();
  }
}
