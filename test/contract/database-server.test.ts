import { execFileSync } from 'node:child_process';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPostgresDatabase } from '../../reconciler/adapters/database/postgres/database.ts';
import { type Home, openHome } from '../../reconciler/adapters/database-server/embedded/home.ts';
import { createGivenDatabaseServer } from '../../reconciler/adapters/database-server/given/database-server.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { Secret } from '../../reconciler/ports/secrets.ts';
import { ensureTestServer } from '../support/postgres.ts';
import { createTestServer, PRIVILEGED_FOLDER } from '../support/postgres-server.ts';
import { ask, describeDatabaseServer } from './database-server.contract.ts';

let stateFolder = '';
beforeAll(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), 'plumbline-embedded-'));
});
afterAll(async () => {
  await createTestServer(stateFolder).destroy();
  await rm(stateFolder, { recursive: true });
});

const open = () => createTestServer(stateFolder);
const readHome = () => openHome({ stateFolder, privilegedFolder: PRIVILEGED_FOLDER });

describeDatabaseServer({ name: 'embedded', open, isOurs: true });

describe('embedded Postgres', () => {
  it('adopts the running server and starts no second one', async () => {
    await open().ensureRunning();
    const before = await readServer();
    const url = (await open().ensureRunning()).url('postgres');
    expect(await readServer()).toEqual(before);
    expect(await ask(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('does not run as root, and listens on loopback alone', async () => {
    const server = await open().ensureRunning();
    const { pid } = await readServer();
    const uid = execFileSync('ps', ['-o', 'uid=', '-p', String(pid)], { encoding: 'utf8' });
    expect(Number(uid)).toBeGreaterThan(0);
    const settings = `SELECT current_setting('listen_addresses') AS addresses,
      current_setting('unix_socket_directories') AS sockets, current_setting('fsync') AS fsync`;
    expect(await ask(server.url('postgres'), settings)).toEqual([
      { addresses: '127.0.0.1', sockets: '', fsync: 'on' },
    ]);
  });

  it('asks for the password, which stands in one file that only its owner reads', async () => {
    const server = await open().ensureRunning();
    const url = new URL(server.url('postgres').reveal());
    const { password } = url;
    expect(password.length).toBeGreaterThanOrEqual(32);
    url.password = '';
    await expect(ask(new Secret(url.href), 'SELECT 1')).rejects.toMatchObject({ code: 'P401' });
    const home = await readHome();
    expect((await stat(home.folder)).mode & 0o007).toBe(0);
    expect((await stat(home.dataFolder)).mode & 0o077).toBe(0);
    for (const name of await readdir(home.folder)) {
      const path = join(home.folder, name);
      const found = await stat(path);
      if (!found.isFile()) continue;
      expect(found.mode & 0o077, name).toBe(0);
      expect((await readFile(path, 'utf8')).includes(password), name).toBe(name === 'password');
    }
    const { pid } = await readServer();
    const args = execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], {
      encoding: 'utf8',
    });
    expect(args).toContain(home.dataFolder);
    expect(args).not.toContain(password);
  });

  it('keeps its address through a restart', async () => {
    const before = (await open().ensureRunning()).url('postgres').reveal();
    await open().stop();
    expect((await open().ensureRunning()).url('postgres').reveal()).toBe(before);
  });

  it('starts again after it was killed, with what was committed', async () => {
    const url = await (await open().ensureRunning()).ensureDatabase('killed');
    await ask(url, 'CREATE TABLE kept AS SELECT 7 AS n');
    const before = await readServer();
    process.kill(before.pid, 'SIGKILL');
    const again = await (await open().ensureRunning()).ensureDatabase('killed');
    expect(await ask(again, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
    expect((await readServer()).pid).not.toBe(before.pid);
  });

  it('starts again although one of its killed parts still works for a while', async () => {
    const url = (await open().ensureRunning()).url('postgres');
    // What only calculates does not notice at once that its server is gone.
    const work = ask(url, 'SELECT sum(sqrt(n)) FROM generate_series(1, 30000000) AS n');
    const ended = work.catch(() => 'cut off');
    await expect.poll(() => listWorking(url), { timeout: 20_000 }).toBe(1);
    process.kill((await readServer()).pid, 'SIGKILL');
    const again = (await open().ensureRunning()).url('postgres');
    expect(await ask(again, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await ended;
  });

  it('adopts a server whose starter died before writing it down', async () => {
    await open().ensureRunning();
    const before = await readServer();
    await rm((await readHome()).serverFile);
    await open().ensureRunning();
    expect(await readServer()).toEqual(before);
  });

  it('starts although another process has the old server’s process id', async () => {
    await open().stop();
    const { dataFolder, serverFile } = await readHome();
    await writeFile(join(dataFolder, 'postmaster.pid'), `${process.pid}\n${dataFolder}\n1\n1\n\n`);
    await rm(serverFile);
    const server = await open().ensureRunning();
    expect(await ask(server.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await readServer()).pid).not.toBe(process.pid);
  });

  it('is not blocked by the lock of a process that died', async () => {
    const { lockFile } = await readHome();
    await writeFile(lockFile, JSON.stringify({ v: 1, pid: process.pid, identity: 'another life' }));
    await open().ensureRunning();
    await expect(stat(lockFile)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('starts empty when the state folder was removed and made anew', async () => {
    await open().ensureRunning();
    const before = await readServer();
    await rm(join(stateFolder, 'postgres'), { recursive: true });
    await mkdir(join(stateFolder, 'postgres'));
    expect(await open().find()).toBe(null);
    const server = await open().ensureRunning();
    const databases = await ask(server.url('postgres'), 'SELECT datname AS name FROM pg_database');
    expect(databases).not.toContainEqual({ name: 'zone_ae' });
    expect((await readServer()).pid).not.toBe(before.pid);
    // Without a folder a server ends by itself, but only within a minute.
    await endProcess(before);
  });

  it('says what the server said when it does not start', async () => {
    await open().stop();
    await appendFile(join((await readHome()).dataFolder, 'postgresql.conf'), 'no_such_thing = 1\n');
    await expect(open().ensureRunning()).rejects.toMatchObject({
      code: 'P401',
      message: expect.stringContaining('no_such_thing'),
    });
  });

  it('leaves a folder as it is when somebody looks for a server in it', async () => {
    const folder = join(stateFolder, 'nobody');
    expect(await createTestServer(folder).find()).toBe(null);
    await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('removes everything when it is destroyed, and may be destroyed twice', async () => {
    const { folder, anchorFolder } = await readHome();
    await open().destroy();
    await open().destroy();
    for (const path of [folder, anchorFolder]) {
      await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
    }
  });

  it('names the folder when it cannot be made', async () => {
    const file = join(stateFolder, 'a-file');
    await writeFile(file, '');
    await expect(createTestServer(join(file, 'state')).ensureRunning()).rejects.toMatchObject({
      code: 'P602',
      message: expect.stringContaining(file),
    });
  });
});

/** Given is the run's own server: somebody else runs it. */
describeDatabaseServer({
  name: 'given',
  isOurs: false,
  open: () => {
    const late = async () => (await ensureTestServer()).url('postgres');
    const toServer = async () =>
      createGivenDatabaseServer({ url: await late(), openDatabase: createPostgresDatabase });
    return {
      ensureRunning: async () => (await toServer()).ensureRunning(),
      find: async () => (await toServer()).find(),
      stop: async () => (await toServer()).stop(),
      destroy: async () => (await toServer()).destroy(),
    };
  },
});

describe('given Postgres', () => {
  it('fails when nobody is there, without a word of the password', async () => {
    const url = new Secret('postgresql://me:pass-word@127.0.0.1:1/postgres');
    const server = createGivenDatabaseServer({ url, openDatabase: createPostgresDatabase });
    const error = await server.ensureRunning().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'P401', remedy: 'retry' });
    expect(String(error)).not.toContain('pass-word');
  });

  it('says so when it may not create a database', async () => {
    const running = await ensureTestServer();
    await ask(running.url('postgres'), `CREATE ROLE guest LOGIN PASSWORD 'guest-word'`);
    const url = new URL(running.url('postgres').reveal());
    [url.username, url.password] = ['guest', 'guest-word'];
    const server = createGivenDatabaseServer({
      url: new Secret(url.href),
      openDatabase: createPostgresDatabase,
    });
    const guest = await server.ensureRunning();
    await expect(guest.ensureDatabase('not_mine')).rejects.toMatchObject({
      code: 'P401',
      remedy: 'stop',
      message: expect.stringContaining('permission denied to create database'),
    });
    await ask(running.url('postgres'), 'DROP ROLE guest');
  });
});

type ServerProcess = { readonly pid: number; readonly identity: string };

async function endProcess({ pid, identity }: ServerProcess): Promise<void> {
  const { readIdentity } = createSystemProcessIdentity();
  if ((await readIdentity(pid)) === identity) process.kill(pid, 'SIGINT');
}

async function readServer(): Promise<ServerProcess> {
  const home: Home = await readHome();
  return JSON.parse(await readFile(home.serverFile, 'utf8'));
}

async function listWorking(url: Secret): Promise<number> {
  const working = `SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%sqrt(n)%' AND pid <> pg_backend_pid()`;
  return (await ask(url, working)).length;
}
