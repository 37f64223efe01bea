import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createHttpControlChannel } from '../../reconciler/adapters/control-channel/http/control-channel.ts';
import { writeControlFile } from '../../reconciler/adapters/control-channel/http/control-file.ts';
import { createMemoryControlChannel } from '../../reconciler/adapters/control-channel/memory/control-channel.ts';
import { createMemoryCounters } from '../../reconciler/adapters/counters/memory/counters.ts';
import { createMemoryCounterTables } from '../../reconciler/adapters/counters/memory/tables.ts';
import { createMemoryLog } from '../../reconciler/adapters/log/memory/log.ts';
import { createSystemRandomness } from '../../reconciler/adapters/randomness/system/randomness.ts';
import { createMemoryRoutes } from '../../reconciler/adapters/routes/memory/routes.ts';
import { createMemoryRouteTables } from '../../reconciler/adapters/routes/memory/tables.ts';
import type { ControlFile } from '../../reconciler/core/contracts/node-config.ts';
import { createControlServer } from '../../reconciler/servers/control/control-server.ts';
import { makeDelta } from '../support/counter-samples.ts';
import { describeControlChannel } from './control-channel.contract.ts';

const clock = createSystemClock();
const randomness = createSystemRandomness();
const makeFolder = () => mkdtemp(join(tmpdir(), 'plumbline-control-'));
const createStores = () => ({
  routes: createMemoryRoutes({ zone: 'ae', tables: createMemoryRouteTables(), randomness }),
  counters: createMemoryCounters({ tables: createMemoryCounterTables() }),
});

describeControlChannel({
  name: 'memory',
  async create(followMs) {
    const stores = createStores();
    const control = { isAway: false };
    return {
      ...stores,
      channel: createMemoryControlChannel({ zone: 'ae', ...stores, clock, control, followMs }),
      async leave() {
        control.isAway = true;
      },
      async comeBack() {
        control.isAway = false;
      },
      async close() {},
    };
  },
});

describeControlChannel({
  name: 'HTTP',
  async create(followMs) {
    const stores = createStores();
    const folder = await makeFolder();
    const controlFile = join(folder, 'run', 'control.json');
    const start = async () => {
      const server = createControlServer({
        ...{ clock, randomness, port: 0, limits: { followMs, pollMs: 20 } },
        findZone: (zone) => (zone === 'ae' ? stores : null),
        log: createMemoryLog({ clock }),
      });
      const { url, token } = await server.start();
      await writeControlFile(controlFile, {
        v: 1,
        url,
        token: token.reveal(),
        databaseUrl: 'postgres://localhost/ae',
      });
      return server;
    };
    let server = await start();
    return {
      ...stores,
      channel: createHttpControlChannel({ zone: 'ae', controlFile, clock }),
      leave: () => server.stop(),
      async comeBack() {
        server = await start();
      },
      async close() {
        await server.stop();
        await rm(folder, { recursive: true });
      },
    };
  },
});

const FILE: ControlFile = {
  v: 1,
  url: 'http://127.0.0.1:9',
  token: 't'.repeat(32),
  databaseUrl: 'postgres://secret',
};

describe('control file', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await makeFolder();
    path = join(folder, 'control.json');
  });
  afterEach(() => rm(folder, { recursive: true }));
  const send = () =>
    createHttpControlChannel({ zone: 'ae', controlFile: path, clock }).sendCounters(
      makeDelta(1, []),
    );

  it('is for its owner alone, also where a leftover was not, and is replaced whole', async () => {
    await writeFile(`${path}.partial`, 'half', { mode: 0o644 });
    await writeControlFile(path, FILE);
    await writeControlFile(path, { ...FILE, token: 'u'.repeat(32) });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ ...FILE, token: 'u'.repeat(32) });
  });

  it('is awaited while it is not there', async () => {
    await expect(send()).rejects.toMatchObject({ code: 'P811', remedy: 'retry' });
  });

  it('is refused when others may read it', async () => {
    await writeControlFile(path, FILE);
    await chmod(path, 0o640);
    const refusal = expect.stringContaining(`chmod 600 ${path}`);
    await expect(send()).rejects.toMatchObject({ code: 'P811', remedy: 'stop', message: refusal });
  });

  it('is refused when it is a link', async () => {
    await writeControlFile(join(folder, 'real.json'), FILE);
    await symlink(join(folder, 'real.json'), path);
    await expect(send()).rejects.toMatchObject({ code: 'P811', remedy: 'stop' });
  });

  it.each([
    ['no JSON', 'topsecret'],
    ['no object', '"topsecret"'],
    ['of another version', JSON.stringify({ ...FILE, v: 2, token: 'topsecret'.repeat(3) })],
    ['a way off this machine', JSON.stringify({ ...FILE, url: 'http://topsecret.example:80' })],
    ['a header in the token', JSON.stringify({ ...FILE, token: 'topsecret\r\nx: y'.repeat(2) })],
    ['too large', JSON.stringify({ ...FILE, token: 'topsecret'.repeat(10_000) })],
  ])('is refused when it is %s, and its content is not repeated', async (_, text) => {
    await writeFile(path, text, { mode: 0o600 });
    const error = await send().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'P811', remedy: 'stop' });
    expect(String(error)).not.toContain('topsecret');
  });
});

describe('HTTP control channel, when the other side misbehaves', () => {
  let folder: string;
  let server: Server | null = null;
  beforeEach(async () => {
    folder = await makeFolder();
  });
  afterEach(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
    await rm(folder, { recursive: true });
  });

  const open = async (status: number | null, text: string) => {
    server = createServer((request, response) => {
      request.resume();
      if (status !== null) response.writeHead(status).end(text);
    });
    const listening = server;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', () => resolve()));
    const { port } = listening.address() as AddressInfo;
    const controlFile = join(folder, 'control.json');
    await writeControlFile(controlFile, { ...FILE, url: `http://127.0.0.1:${port}` });
    const limitsMs = { follow: 200, send: 200 };
    return createHttpControlChannel({ zone: 'ae', controlFile, clock, limitsMs });
  };
  const table = { v: 1, zone: 'ae', revision: 1, endpoints: [] };

  it.each<readonly [string, number | null, string]>([
    ['never answers', null, ''],
    ['has no such zone', 404, '{"v":1,"error":{"message":"no zone"}}'],
    ['does not know the token', 401, 'who?'],
    ['fails', 500, ''],
    ['sends no JSON', 200, 'hello'],
    ['sends another shape', 200, JSON.stringify({ ...table, revision: -1 })],
    ['sends the table of another zone', 200, JSON.stringify({ ...table, zone: 'eu' })],
    ['sends a table without end', 200, ' '.repeat(17 * 1024 * 1024)],
  ])('calls it unreachable when it %s', async (_, status, text) => {
    const channel = await open(status, text);
    const following = channel.followRoutes(0, new AbortController().signal);
    await expect(following).rejects.toMatchObject({ code: 'P811', remedy: 'retry' });
  });
});
