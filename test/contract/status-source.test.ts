import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createHttpStatusSource } from '../../reconciler/adapters/status-source/http/status-source.ts';
import { createMemoryStatusSource } from '../../reconciler/adapters/status-source/memory/status-source.ts';
import { describeStatusSource, ZONES } from './status-source.contract.ts';

async function withServer(listener: RequestListener, body: (port: number) => Promise<void>) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await body((server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const answerWith =
  (status: number, text: string): RequestListener =>
  (request, response) => {
    const isRight = request.url === '/api/v1/status' && request.method === 'GET';
    response.writeHead(isRight ? status : 404, { 'content-type': 'application/json' });
    response.end(isRight ? text : '{}');
  };

async function findUnusedPort(): Promise<number> {
  let found = 0;
  await withServer(answerWith(200, ''), async (port) => {
    found = port;
  });
  return found;
}

describeStatusSource({
  name: 'memory',
  withRunning: (body) => body(createMemoryStatusSource(new Map([[7171, () => ZONES]])), 7171),
  unusedPort: async () => 7172,
});

describeStatusSource({
  name: 'http',
  withRunning: (body) =>
    withServer(answerWith(200, JSON.stringify({ v: 1, zones: ZONES })), (port) =>
      body(createHttpStatusSource({ clock: createSystemClock() }), port),
    ),
  unusedPort: findUnusedPort,
});

describe('status source over HTTP', () => {
  it.each([
    [500, JSON.stringify({ v: 1, zones: ZONES })],
    [200, '<html>'],
    [200, 'null'],
    [200, JSON.stringify({ v: 2, zones: [] })],
    [200, JSON.stringify({ v: 1, zones: 'none' })],
  ])('takes an answer of another server (%i %s) for none', async (status, text) => {
    await withServer(answerWith(status, text), async (port) => {
      expect(await createHttpStatusSource({ clock: createSystemClock() }).read(port)).toBeNull();
    });
  });

  it('does not follow a redirect', async () => {
    await withServer(
      (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      async (port) => {
        expect(await createHttpStatusSource({ clock: createSystemClock() }).read(port)).toBeNull();
      },
    );
  });
});
