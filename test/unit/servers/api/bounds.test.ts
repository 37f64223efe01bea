import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createSimulatedClock } from '../../../../reconciler/adapters/clock/simulated/clock.ts';
import type { ZoneStatus } from '../../../../reconciler/core/status/zone-status.ts';
import type { ApiServerDeps } from '../../../../reconciler/servers/api/api-server.ts';
import { createGate, makeZone, startApi } from '../../../support/api-servers.ts';
import { exchange, openRaw, sendRaw } from '../../../support/http-exchange.ts';

const REQUEST = 'GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n';

const stops: (() => Promise<void>)[] = [];
async function start(change: Partial<ApiServerDeps> = {}) {
  const api = await startApi(change);
  stops.push(api.server.stop);
  return api;
}
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

describe('a slow client', () => {
  const limits = { headersTimeoutMs: 60, requestTimeoutMs: 60, connectionsCheckMs: 10 };

  it('is told and cut off when its headers do not end', async () => {
    const { port } = await start({ limits });
    const raw = await sendRaw(port, 'GET /healthz HTTP/1.1\r\nHost: local');
    expect(raw).toMatch(/^HTTP\/1\.1 408 /);
    expect(raw).toContain('"code":"P706"');
  });

  it('is cut off when it says nothing at all', async () => {
    const { port } = await start({ limits });
    expect(await sendRaw(port, '')).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('is cut off between requests', async () => {
    const { port } = await start({ limits: { keepAliveMs: 20 } });
    const raw = await sendRaw(port, REQUEST);
    expect(raw).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('is cut off when it does not read its answer', async () => {
    // More than the buffers of both sides take, so that the rest waits for the reader.
    const zone = makeZone({ trouble: 'x'.repeat(32 * 1024 * 1024) });
    const { port } = await start({
      readStatus: () => [zone],
      limits: { idleSocketMs: 40, maxConnections: 1 },
    });
    const slow = await openRaw(port, REQUEST);
    await once(slow.socket, 'data');
    slow.socket.pause();
    const probe = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    let answer = '';
    while (answer === '') answer = await sendRaw(port, probe);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    slow.socket.destroy();
  });

  it('keeps nobody else waiting', async () => {
    const { port } = await start();
    const slow = await Promise.all(
      Array.from({ length: 20 }, () => openRaw(port, 'GET / HTTP/1.1\r\nHo')),
    );
    expect((await exchange(port, '/healthz')).status).toBe(200);
    for (const { socket } of slow) socket.destroy();
  });
});

describe('many clients', () => {
  it('are answered at the same time, each in full', async () => {
    const zones = Array.from({ length: 50 }, (_, index) => makeZone({ zone: `zone-${index}` }));
    const { port } = await start({ readStatus: () => zones });
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    const texts = await Promise.all(
      Array.from(
        { length: 200 },
        async () => (await exchange(port, '/api/v1/status', { agent })).text,
      ),
    );
    agent.destroy();
    expect(new Set(texts)).toEqual(new Set([JSON.stringify({ v: 1, zones })]));
  });

  it('are not let in beyond the number of connections', async () => {
    const { port } = await start({ limits: { maxConnections: 2 } });
    const [first, second] = [await openRaw(port, REQUEST), await openRaw(port, REQUEST)];
    await Promise.all([once(first.socket, 'data'), once(second.socket, 'data')]);
    expect(await sendRaw(port, REQUEST)).toBe('');
    first.socket.destroy();
    second.socket.destroy();
  });

  it('are asked to come again while too many answers are in progress', async () => {
    const gate = createGate<readonly ZoneStatus[]>();
    const { port } = await start({ readStatus: gate.wait, limits: { maxAnswers: 1 } });
    const first = exchange(port, '/api/v1/status');
    await gate.entered;
    const second = await exchange(port, '/api/v1/status');
    expect([second.status, JSON.parse(second.text).error.code]).toEqual([503, 'P710']);
    expect(second.headers['retry-after']).toBe('1');
    gate.open([]);
    expect((await first).status).toBe(200);
    expect((await exchange(port, '/api/v1/status')).status).toBe(200);
  });

  it('may send the next request early and get the answers in order', async () => {
    const { port } = await start();
    const last = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    const raw = await sendRaw(port, REQUEST + last);
    expect(raw.indexOf('"zones"')).toBeGreaterThan(0);
    expect(raw.indexOf('"alive"')).toBeGreaterThan(raw.indexOf('"zones"'));
  });

  it('are not disturbed by one that leaves in the middle of its answer', async () => {
    const gate = createGate<readonly ZoneStatus[]>();
    const { port } = await start({ readStatus: gate.wait });
    const { socket } = await openRaw(port, REQUEST);
    await gate.entered;
    socket.destroy();
    await once(socket, 'close');
    gate.open([makeZone()]);
    expect((await exchange(port, '/api/v1/status')).status).toBe(200);
  });
});

describe('an answer that does not come', () => {
  it('is given up after its time', async () => {
    const gate = createGate<readonly ZoneStatus[]>();
    const clock = createSimulatedClock({ startAt: 0 });
    const { port } = await start({ readStatus: gate.wait, clock });
    const asking = exchange(port, '/api/v1/status');
    await gate.entered;
    await clock.advance(10_000);
    const { status, text } = await asking;
    expect([status, JSON.parse(text).error.code]).toEqual([503, 'P710']);
  });

  it('leaves no timer behind when it comes', async () => {
    const clock = createSimulatedClock({ startAt: 0 });
    const { port } = await start({ clock });
    await exchange(port, '/api/v1/status');
    await exchange(port, '/api/v1/status?zone=none');
    expect(clock.countSleepers()).toBe(0);
  });
});

describe('stopping', () => {
  const expectRefused = async (port: number) => {
    const socket = connect({ host: '127.0.0.1', port });
    const [error] = await once(socket, 'error');
    expect(error.code).toBe('ECONNREFUSED');
  };

  it('finishes the answers in progress, takes no more, and then is done', async () => {
    const gate = createGate<readonly ZoneStatus[]>(3);
    const { port, server } = await start({ readStatus: gate.wait });
    const agent = new Agent({ keepAlive: true });
    const asking = [1, 2, 3].map(() => exchange(port, '/api/v1/status', { agent }));
    await gate.entered;
    const stopping = server.stop();
    gate.open([makeZone()]);
    const answers = await Promise.all(asking);
    await stopping;
    agent.destroy();
    for (const { status, text } of answers) {
      expect(status).toBe(200);
      expect(JSON.parse(text).zones).toHaveLength(1);
    }
    expect(answers[0]?.headers.connection).toBe('close');
    await expectRefused(port);
  });

  it('closes at once who waits, says nothing, or is in the middle of a request', async () => {
    const clock = createSimulatedClock({ startAt: 0 });
    const { port, server } = await start({ clock });
    const idle = await openRaw(port, REQUEST);
    await once(idle.socket, 'data');
    const silent = await openRaw(port, '');
    const partial = await openRaw(port, 'GET / HTTP/1.1\r\nHost: loc');
    await exchange(port, '/healthz');
    await server.stop();
    expect(await idle.received).toContain('"zones"');
    expect([await silent.received, await partial.received]).toEqual(['', '']);
    expect(clock.countSleepers()).toBe(0);
    await expectRefused(port);
  });

  it('gives up on an answer that does not come', async () => {
    const gate = createGate<readonly ZoneStatus[]>();
    const clock = createSimulatedClock({ startAt: 0 });
    const limits = { drainMs: 500, answerTimeoutMs: 60_000 };
    const { port, server } = await start({ readStatus: gate.wait, clock, limits });
    const asking = openRaw(port, REQUEST);
    await gate.entered;
    const stopping = server.stop();
    await clock.advance(499);
    expect(clock.countSleepers()).toBe(2);
    await clock.advance(1);
    await stopping;
    expect(await (await asking).received).toBe('');
    await expectRefused(port);
  });

  it('may be asked for twice, and without a start', async () => {
    const { server } = await start();
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    await expect(server.start()).rejects.toThrow('starts once');
  });
});
