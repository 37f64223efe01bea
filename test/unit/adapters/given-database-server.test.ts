import { describe, expect, it } from 'vitest';
import { createGivenDatabaseServer } from '../../../reconciler/adapters/database-server/given/database-server.ts';
import { Secret } from '../../../reconciler/ports/secrets.ts';

describe('a database server that was given', () => {
  it.each(['secretword', 'mysql://user:secretword@host/db', 'localhost:5432'])(
    'is refused without telling the address when that is %s',
    async (url) => {
      const server = createGivenDatabaseServer({
        url: new Secret(url),
        openDatabase: () => {
          throw new Error('nothing is opened');
        },
      });
      const failure = await server.ensureRunning().catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'P602' });
      expect(String(failure)).toContain('postgresql://');
      expect(String(failure)).not.toContain('secretword');
    },
  );
});
