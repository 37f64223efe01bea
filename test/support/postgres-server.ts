import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createPostgresDatabase } from '../../reconciler/adapters/database/postgres/database.ts';
import { createEmbeddedDatabaseServer } from '../../reconciler/adapters/database-server/embedded/database-server.ts';
import { createGivenDatabaseServer } from '../../reconciler/adapters/database-server/given/database-server.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createSystemRandomness } from '../../reconciler/adapters/randomness/system/randomness.ts';
import type { DatabaseServer } from '../../reconciler/ports/database-server.ts';

/** Beside the product's own folders, so that the binaries are copied once and not per run. */
export const PRIVILEGED_FOLDER = '/var/lib/plumbline';

export function createTestServer(
  stateFolder: string,
  privilegedFolder = PRIVILEGED_FOLDER,
): DatabaseServer {
  return createEmbeddedDatabaseServer({
    stateFolder,
    privilegedFolder,
    clock: createSystemClock(),
    randomness: createSystemRandomness(),
    processIdentity: createSystemProcessIdentity(),
    openDatabase: createPostgresDatabase,
    useServer: (url) => createGivenDatabaseServer({ url, openDatabase: createPostgresDatabase }),
  });
}
