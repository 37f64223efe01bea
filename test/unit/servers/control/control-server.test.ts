import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createSimulatedClock } from '../../../../reconciler/adapters/clock/simulated/clock.ts';
import { createSystemClock } from '../../../../reconciler/adapters/clock/system/clock.ts';
import { createMemoryCounters } from '../../../../reconciler/adapters/counters/memory/counters.ts';
import { createMemoryCounterTables } from '../../../../reconciler/adapters/counters/memory/tables.ts';
import { createMemoryLog } from '../../../../reconciler/adapters/log/memory/log.ts';
import { createSeededRandomness } from '../../../../reconciler/adapters/randomness/seeded/randomness.ts';
import { createMemoryRoutes } from '../../../../reconciler/adapters/routes/memory/routes.ts';
import { createMemoryRouteTables } from '../../../../reconciler/adapters/routes/memory/tables.ts';
import type { ControlLimits } from '../../../../reconciler/servers/control/control-limits.ts';
import {
  type ControlServer,
  createControlServer,
} from '../../../../reconciler/servers/control/control-server.ts';
import { createRouteWaiters } from '../../../../reconciler/servers/control/route-waiters.ts';
import { createGate } from '../../../support/api-servers.ts';
import { makeDelta, makeEntry } from '../../../support/counter-samples.ts';

const clock = createSystemClock();
const LEADER = { holder: 'first', epoch: 1 };
const SETTINGS = {
  model: 'payments/fraud',
  threshold: 0.5,
  batching: { maxBatchSize: 8, maxDelayMicroseconds: 0, maxQueueRows: 64 },
};

function createZone() {
  const randomness = createSeededRandomness('routes');
  return {
    routes: createMemoryRoutes({ zone: 'ae', tables: createMemoryRouteTables(), randomness }),
    counters: createMemoryCounters({ tables: createMemoryCounterTables() }),
  };
}

const servers: ControlServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));

type Zone = ReturnType<typeof createZone>;

async function startServer(
  limits: Partial<ControlLimits> = {},
  decorate: (zone: Zone) => Zone = (zone) => zone,
) {
  const zone = decorate(createZone());
  const log = createMemoryLog({ clock });
  const server = createControlServer({
    findZone: (name) => (name === 'ae' ? zone : null),
    ...{ log, clock, randomness: createSeededRandomness('token'), port: 0, limits },
  });
  servers.push(server);
  const { port, token } = await server.start();
  const authorization = `Bearer ${token.reveal()}`;
  const ask = (path: string, options: AskOptions = {}) =>
    send(port, path, { ...options, headers: { authorization, ...options.headers } });
  return { ...zone, server, port, token, log, ask };
}

type AskOptions = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

function send(port: number, path: string, options: AskOptions) {
  const { method = 'GET', headers = {}, body = '' } = options;
  return new Promise<{ status: number; text: string; allow: string | undefined }>(
    (resolve, reject) => {
      const outgoing = request(
        { host: '127.0.0.1', port, path, method, headers, agent: false },
        async (response) => {
          let text = '';
          for await (const chunk of response.setEncoding('utf8')) text += chunk;
          resolve({ status: response.statusCode ?? 0, text, allow: response.headers.allow });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    },
  );
}

const codeOf = (text: string) => JSON.parse(text).error.code;
const ROUTES = '/v1/zones/ae/routes?after=0';

describe('control server: who may ask', () => {
  it.each([
    ['no token', {}],
    ['another token', { authorization: 'Bearer 0123456789abcdef0123456789abcdef' }],
    ['a token in another form', { authorization: 'Basic abc' }],
  ])('refuses %s before it says what there is', async (_, headers) => {
    const { port } = await startServer();
    for (const path of [ROUTES, '/', '/v1/zones/none/routes?after=0', '/v1/zones/ae/counters']) {
      const { status, text } = await send(port, path, { headers });
      expect([status, codeOf(text)]).toEqual([401, 'P704']);
    }
  });

  it('refuses a name that is not of this machine, even with the token', async () => {
    const { ask } = await startServer();
    const { status, text } = await ask(ROUTES, { headers: { host: 'rebound.example' } });
    expect([status, codeOf(text)]).toEqual([403, 'P705']);
  });

  it('makes a token of 256 bits that its answers and its log never show', async () => {
    const { ask, token, log } = await startServer();
    const { text } = await ask('/v1/zones/none/routes?after=0');
    expect(token.reveal()).toMatch(/^[0-9a-f]{64}$/);
    expect(text + log.lines().join()).not.toContain(token.reveal());
  });
});

describe('control server: what may be asked', () => {
  it.each([
    ['GET', '/', 404, 'P701'],
    ['GET', '/v1/zones/none/routes?after=0', 404, 'P701'],
    ['GET', '/v1/zones/AE/routes?after=0', 404, 'P701'],
    ['GET', '/v1/zones/a%65/routes?after=0', 404, 'P701'],
    ['GET', '/v1/zones/../routes?after=0', 404, 'P701'],
    ['POST', ROUTES, 405, 'P702'],
    ['GET', '/v1/zones/ae/counters', 405, 'P702'],
    ['GET', '/v1/zones/ae/routes', 400, 'P703'],
    ['GET', '/v1/zones/ae/routes?after=-1', 400, 'P703'],
    ['GET', '/v1/zones/ae/routes?after=9007199254740993', 400, 'P703'],
    ['GET', '/v1/zones/ae/routes?after=0&after=1', 400, 'P703'],
    ['GET', '/v1/zones/ae/routes?after=0&more=1', 400, 'P703'],
    ['POST', '/v1/zones/ae/counters?x=1', 400, 'P703'],
    ['GET', `/v1/zones/ae/routes?after=${'0'.repeat(600)}`, 414, 'P708'],
  ])('answers %s %s with %i', async (method, path, status, code) => {
    const { ask } = await startServer();
    const answer = await ask(path, { method });
    expect([answer.status, codeOf(answer.text)]).toEqual([status, code]);
    expect(answer.allow).toBe(status === 405 ? 'GET, POST' : undefined);
  });

  it.each([
    ['no JSON', 'hello', 400, 'P703'],
    ['another shape', '{"v":1}', 400, 'P703'],
    ['a member too many', JSON.stringify({ ...makeDelta(1, []), extra: 1 }), 400, 'P703'],
    ['another zone', JSON.stringify({ ...makeDelta(1, []), zone: 'eu' }), 400, 'P703'],
    ['what is too large', ' '.repeat(2_000), 413, 'P707'],
  ])('refuses a body of %s', async (_, body, status, code) => {
    const { ask, counters } = await startServer({ maxBodyBytes: 1_000 });
    for (const task of ['counters', 'acknowledgements']) {
      const answer = await ask(`/v1/zones/ae/${task}`, { method: 'POST', body });
      expect([answer.status, codeOf(answer.text)]).toEqual([status, code]);
    }
    expect(await counters.readTotals(null)).toEqual([]);
  });

  it('says whether counts were new, and quotes none of them in a refusal', async () => {
    const { ask } = await startServer();
    const body = JSON.stringify(makeDelta(1, [makeEntry({ requests: 987_654 })]));
    const path = '/v1/zones/ae/counters';
    const first = await ask(path, { method: 'POST', body });
    const second = await ask(path, { method: 'POST', body });
    expect([first.text, second.text].map((text) => JSON.parse(text).state)).toEqual([
      ...['accepted', 'known'],
    ]);
    const bad = JSON.stringify(makeDelta(2, [makeEntry({ requests: 987_654, score: [] })]));
    const refused = await ask(path, { method: 'POST', body: bad });
    expect([refused.status, codeOf(refused.text)]).toEqual([400, 'P703']);
    expect(refused.text).not.toContain('987654');
  });

  it('bounds how many it answers at once', async () => {
    const { ask, server } = await startServer({ maxAnswers: 0 });
    const { status, text } = await ask(ROUTES);
    expect([status, codeOf(text)]).toEqual([503, 'P710']);
    await server.stop();
  });
});

describe('control server: waiting for routes', () => {
  it('says that there is nothing new when the time is over', async () => {
    const { ask } = await startServer({ followMs: 0 });
    expect(await ask(ROUTES)).toMatchObject({ status: 204, text: '' });
  });

  it('gives newer routes at once', async () => {
    const { ask, routes } = await startServer();
    await routes.putEndpoint(LEADER, 'payments/fraud', SETTINGS);
    const { status, text } = await ask(ROUTES);
    expect([status, JSON.parse(text)]).toEqual([200, await routes.read()]);
  });

  it('ends the waits when it stops', async () => {
    const gate = createGate<void>();
    const { ask, server } = await startServer({}, (zone) => ({
      ...zone,
      routes: { ...zone.routes, read: () => gate.wait().then(zone.routes.read) },
    }));
    const waiting = ask(ROUTES);
    await gate.entered;
    gate.open();
    await server.stop();
    expect((await waiting).status).toBe(204);
  });

  it('wakes those of the zone when it is told of a change, and polls for other changes', async () => {
    const simulated = createSimulatedClock({ startAt: 0 });
    const waiters = createRouteWaiters({ clock: simulated, followMs: 25_000, pollMs: 500 });
    const { routes } = createZone();
    const { signal } = new AbortController();
    const settled: string[] = [];
    const follow = (after: number, name: string) =>
      waiters.follow('ae', routes, after, signal).then((table) => {
        settled.push(name);
        return table;
      });
    const first = follow(0, 'first');
    await simulated.advance(0);
    await routes.putEndpoint(LEADER, 'payments/fraud', SETTINGS);
    waiters.notify('eu');
    await simulated.advance(0);
    expect(settled).toEqual([]);
    waiters.notify('ae');
    expect((await first)?.revision).toBe(1);
    const second = follow(1, 'second');
    await simulated.advance(0);
    await routes.putEndpoint(LEADER, 'payments/fraud', null);
    await simulated.advance(499);
    expect(settled).toEqual(['first']);
    await simulated.advance(1);
    expect((await second)?.revision).toBe(2);
    const third = follow(2, 'third');
    await simulated.advance(24_999);
    expect(settled).toEqual(['first', 'second']);
    await simulated.advance(1);
    expect(await third).toBeNull();
    expect(simulated.countSleepers()).toBe(0);
  });

  it('goes on above what a node has seen of a lost store, once the new one has settled', async () => {
    const simulated = createSimulatedClock({ startAt: 0 });
    const waiters = createRouteWaiters({ clock: simulated, followMs: 25_000, pollMs: 500 });
    const { routes } = createZone();
    const { signal } = new AbortController();
    const empty = waiters.follow('ae', routes, 40, signal);
    await simulated.advance(25_000);
    expect(await empty).toBeNull();
    await routes.putEndpoint(LEADER, 'payments/fraud', SETTINGS);
    const following = waiters.follow('ae', routes, 40, signal);
    await simulated.advance(4_000);
    await routes.putEndpoint(LEADER, 'payments/other', SETTINGS);
    await simulated.advance(4_000);
    expect((await routes.read()).revision).toBe(2);
    await simulated.advance(2_000);
    const table = await following;
    expect(table?.revision).toBe(41);
    expect(table?.endpoints).toHaveLength(2);
  });
});
