import { rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CodedError, isCodedError } from '../../../core/contracts/coded-error.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Database } from '../../../ports/database.ts';
import type { DatabaseServer, RunningDatabaseServer } from '../../../ports/database-server.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import type { Randomness } from '../../../ports/randomness.ts';
import { Secret } from '../../../ports/secrets.ts';
import { findPackage, prepareBinaries } from './binaries.ts';
import { initialise, isInitialised, ROLE, readPassword } from './cluster.ts';
import { type Home, openHome } from './home.ts';
import { claimHome, isClaimed, markInitialised } from './ownership.ts';
import {
  findRunning,
  type PostmasterDeps,
  startServer,
  stopServer,
  waitUntilReady,
} from './postmaster.ts';
import { withStartLock } from './start-lock.ts';

/** Two seconds, for a process to die and for its server to be started anew. */
const MAX_CONNECT_ATTEMPTS = 10;
const CONNECT_RETRY_MS = 200;

export type EmbeddedDeps = {
  /** The server's data and password go below it, into `postgres/`. */
  readonly stateFolder: string;
  /** Where they go instead when root starts it: a folder of the system, `/var/lib/plumbline`. */
  readonly privilegedFolder: string;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly processIdentity: ProcessIdentity;
  readonly openDatabase: (options: { readonly url: Secret }) => Database;
  /** Makes a server of an address: what runs is then used as one that was given. */
  readonly useServer: (url: Secret) => DatabaseServer;
};

/** A Postgres of our own: a detached process that is adopted by whoever comes next. */
export function createEmbeddedDatabaseServer(deps: EmbeddedDeps): DatabaseServer {
  const uniqueName = () => Buffer.from(deps.randomness.bytes(8)).toString('hex');

  /** Finds the home and works on it alone. */
  const withHome = <Result>(work: (postmaster: PostmasterDeps) => Promise<Result>) =>
    explainFailures(deps, async () => {
      const home = await openHome({ ...deps, stateFolder: resolve(deps.stateFolder) });
      const { clock, processIdentity } = deps;
      const isOurs = (port: number) => isServerOf(deps, home, port);
      return withStartLock({ clock, processIdentity, uniqueName }, home.lockFile, () =>
        work({ home, clock, processIdentity, isOurs }),
      );
    });

  return {
    ensureRunning: () =>
      withHome(async (postmaster): Promise<RunningDatabaseServer> => {
        await claimHome(postmaster.home, { uniqueName, evict: () => stopServer(postmaster) });
        return connect(deps, postmaster, uniqueName);
      }),

    async find() {
      if (!(await exists(deps.stateFolder))) return null;
      return withHome((postmaster) => findServer(deps, postmaster));
    },

    async stop() {
      if (await exists(deps.stateFolder)) await withHome(stopServer);
    },

    async destroy() {
      if (!(await exists(deps.stateFolder))) return;
      await withHome(async (postmaster) => {
        await stopServer(postmaster);
        await rm(postmaster.home.folder, { recursive: true, force: true });
        await rm(postmaster.home.anchorFolder, { recursive: true, force: true });
      });
    },
  };
}

/** A server that was killed a moment ago still looks alive: then the next look finds it gone. */
async function connect(
  deps: EmbeddedDeps,
  postmaster: PostmasterDeps,
  uniqueName: () => string,
): Promise<RunningDatabaseServer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await findOrStart(deps, postmaster, uniqueName);
    try {
      return await deps.useServer(await toUrl(postmaster.home, port)).ensureRunning();
    } catch (error) {
      const mayPass = isCodedError(error, 'P401') && error.remedy === 'retry';
      if (!mayPass || attempt === MAX_CONNECT_ATTEMPTS) throw error;
      await deps.clock.sleep(CONNECT_RETRY_MS);
    }
  }
}

async function findServer(
  deps: EmbeddedDeps,
  postmaster: PostmasterDeps,
): Promise<RunningDatabaseServer | null> {
  if (!(await isClaimed(postmaster.home))) return null;
  const running = await findRunning(postmaster);
  if (running === null || !(await waitUntilReady(postmaster, running))) return null;
  return deps.useServer(await toUrl(postmaster.home, running.port)).ensureRunning();
}

async function findOrStart(
  deps: EmbeddedDeps,
  postmaster: PostmasterDeps,
  uniqueName: () => string,
): Promise<number> {
  const running = await findRunning(postmaster);
  if (running !== null && (await waitUntilReady(postmaster, running))) return running.port;
  const { home } = postmaster;
  const binaries = await prepareBinaries({
    ...home,
    source: await findPackage(),
    uniqueName: uniqueName(),
  });
  if (!(await isInitialised(home))) {
    await initialise(home, binaries, deps.randomness);
    await markInitialised(home);
  }
  return (await startServer(postmaster, binaries)).port;
}

async function toUrl(home: Home, port: number): Promise<Secret> {
  const password = (await readPassword(home)).reveal();
  return new Secret(`postgresql://${ROLE}:${password}@127.0.0.1:${port}/postgres`);
}

/** The password proves both sides to each other; the data folder tells our servers apart. */
async function isServerOf(deps: EmbeddedDeps, home: Home, port: number): Promise<boolean> {
  const database = deps.openDatabase({ url: await toUrl(home, port) });
  try {
    const [row] = await database.query<{ folder: string }>(
      `SELECT current_setting('data_directory') AS folder`,
    );
    return row?.folder === home.dataFolder;
  } catch {
    return false;
  } finally {
    await database.close();
  }
}

async function exists(stateFolder: string): Promise<boolean> {
  try {
    await stat(join(stateFolder, 'postgres'));
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** A disk that refuses is the most likely failure here, and Node's message names no remedy. */
async function explainFailures<Result>(
  deps: EmbeddedDeps,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!hasErrorCode(error, 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR')) throw error;
    throw new CodedError(
      'P602',
      `Postgres needs a folder that it can write to: ${(error as Error).message}`,
      { details: { stateFolder: deps.stateFolder }, cause: error },
    );
  }
}
