import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isCodedError } from '../../../../reconciler/core/contracts/coded-error.ts';
import type { ErrorCode } from '../../../../reconciler/core/contracts/error-codes.ts';
import { Secret } from '../../../../reconciler/ports/secrets.ts';
import type { ApiServerDeps } from '../../../../reconciler/servers/api/api-server.ts';
import { type RunningApi, startApi } from '../../../support/api-servers.ts';
import { exchange, openRaw, sendRaw } from '../../../support/http-exchange.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.server.stop());

function expectRefusal(raw: string, status: number, code: ErrorCode): void {
  expect(raw).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(raw).toContain(`"code":"${code}"`);
  expect(raw.toLowerCase()).toContain('x-content-type-options: nosniff');
  expect(raw).not.toMatch(/\bat .*\.[jt]s/);
}

const toRequest = (line: string, ...headers: readonly string[]) =>
  [line, ...headers, 'Connection: close', '', ''].join('\r\n');

describe('paths and methods', () => {
  it.each([
    ...['/nothing', '/api', '/api/v1/status/', '/API/v1/status', '//healthz', '/healthz/..'],
    ...['/%68ealthz', '/healthz;x', '/healthz%3f', '/__proto__', '/constructor', '/favicon.ico'],
  ])('has nothing under %s', async (path) => {
    const { status, text } = await exchange(api.port, path);
    expect([status, JSON.parse(text).error.code]).toEqual([404, 'P701']);
  });

  it('does not act as a proxy', async () => {
    const line = 'GET http://127.0.0.1/healthz HTTP/1.1';
    expectRefusal(await sendRaw(api.port, toRequest(line, 'Host: 127.0.0.1')), 404, 'P701');
    expect(await sendRaw(api.port, toRequest('CONNECT a.example:443 HTTP/1.1', 'Host: x'))).toBe(
      '',
    );
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    'does not answer %s',
    async (method) => {
      const { status, headers, text } = await exchange(api.port, '/api/v1/status', { method });
      expect([status, JSON.parse(text).error.code]).toEqual([405, 'P702']);
      expect(headers.allow).toBe('GET, HEAD');
    },
  );
});

describe('sizes', () => {
  it('refuses a long address and takes one that is as long as may be', async () => {
    const toPath = (length: number) => `/healthz?${'x'.repeat(length - '/healthz?'.length)}`;
    const long = await exchange(api.port, toPath(2049));
    expect([long.status, JSON.parse(long.text).error.code]).toEqual([414, 'P708']);
    expect((await exchange(api.port, toPath(2048))).status).toBe(400);
  });

  it('refuses large headers, one or many', async () => {
    const one = toRequest('GET /healthz HTTP/1.1', 'Host: localhost', `A: ${'x'.repeat(9_000)}`);
    expectRefusal(await sendRaw(api.port, one), 431, 'P709');
    const many = Array.from({ length: 2_000 }, (_, index) => `A${index}: x`);
    const sent = toRequest('GET /healthz HTTP/1.1', 'Host: localhost', ...many);
    expectRefusal(await sendRaw(api.port, sent), 431, 'P709');
  });

  it('refuses a body by length and by chunks, and reads no request out of it', async () => {
    const inner = toRequest('GET /healthz HTTP/1.1', 'Host: localhost');
    const byLength = `GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`;
    const byChunks = `GET /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
    for (const sent of [byLength, byChunks]) {
      const raw = await sendRaw(api.port, sent);
      expectRefusal(raw, 413, 'P707');
      expect(raw.match(/HTTP\/1\.1/g)).toHaveLength(1);
    }
  });

  it('does not ask for a body that it would refuse', async () => {
    const headers = ['Host: localhost', 'Content-Length: 5', 'Expect: 100-continue'];
    expectRefusal(
      await sendRaw(api.port, toRequest('GET /healthz HTTP/1.1', ...headers)),
      413,
      'P707',
    );
  });

  it('takes an empty body for none', async () => {
    const headers = { 'Content-Length': '0' };
    expect((await exchange(api.port, '/healthz', { headers })).status).toBe(200);
  });
});

describe('what is no request', () => {
  it.each([
    ['noise', 'hello there\r\n\r\n'],
    ['another protocol', '\u0016\u0003\u0001\u0002\u0000\r\n\r\n'],
    [
      'two lengths',
      'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    ],
    [
      'a length and chunks',
      'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: localhost\r\n X: y\r\n\r\n'],
    ['a header without its name', 'GET / HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n'],
  ])('is refused: %s', async (_, bytes) => {
    const raw = await sendRaw(api.port, bytes);
    expect(raw).toMatch(/^HTTP\/1\.1 (400|403) /);
    expect(raw).toMatch(/"code":"P70[35]"/);
  });
});

describe('who asks', () => {
  it.each([
    ...['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]', '127.0.0.1:80', 'localhost:65535'],
    '[::1]:7171',
  ])('answers under the name %s', async (host) => {
    expect((await exchange(api.port, '/healthz', { headers: { Host: host } })).status).toBe(200);
  });

  it.each([
    ...['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'evil.example:7171'],
    ...['127.0.0.2', '0.0.0.0', '[::]', 'localhost:', 'localhost:1:2', 'a@localhost', ' '],
  ])('refuses the name %j, which a page elsewhere may have chosen', async (host) => {
    const { status, text } = await exchange(api.port, '/', { headers: { Host: host } });
    expect([status, JSON.parse(text).error.code]).toEqual([403, 'P705']);
  });

  it('refuses a request without a name, and one with two', async () => {
    expectRefusal(await sendRaw(api.port, 'GET / HTTP/1.0\r\n\r\n'), 403, 'P705');
    expectRefusal(await sendRaw(api.port, toRequest('GET / HTTP/1.1')), 403, 'P705');
    const two = toRequest('GET / HTTP/1.1', 'Host: localhost', 'host: evil.example');
    expectRefusal(await sendRaw(api.port, two), 403, 'P705');
  });
});

describe('with a token', () => {
  const token = new Secret('correct-horse-battery');
  const headersOf = (authorization: string) => ({ Authorization: authorization });

  it('answers who has it, under any name, and nobody else', async () => {
    const guarded = await startApi({ token, host: '0.0.0.0' });
    const ask = async (path: string, headers: Readonly<Record<string, string>> = {}) =>
      (await exchange(guarded.port, path, { headers })).status;
    const right = headersOf('Bearer correct-horse-battery');
    expect(await ask('/', right)).toBe(200);
    expect(await ask('/api/v1/status', { ...right, Host: 'plumbline.example' })).toBe(200);
    expect(await ask('/nothing', right)).toBe(404);
    for (const path of ['/', '/readyz', '/api/v1/status', '/nothing']) {
      expect(await ask(path)).toBe(401);
    }
    await guarded.server.stop();
  });

  it.each([
    ...['', 'Bearer', 'Bearer ', 'Bearer correct-horse-batter', 'Bearer correct-horse-battery2'],
    ...['Bearer CORRECT-HORSE-BATTERY', 'Basic correct-horse-battery', 'correct-horse-battery'],
    'Bearer correct-horse-battery extra',
  ])('refuses %j and tells nothing of the right one', async (authorization) => {
    const guarded = await startApi({ token });
    const answer = await exchange(guarded.port, '/', { headers: headersOf(authorization) });
    expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([401, 'P704']);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    const said = answer.text + guarded.log.lines().join('');
    expect(said).not.toContain('correct-horse');
    await guarded.server.stop();
  });

  it('tells a probe without it that the process lives', async () => {
    const guarded = await startApi({ token });
    expect((await exchange(guarded.port, '/healthz')).status).toBe(200);
    await guarded.server.stop();
  });
});

describe('starting', () => {
  const expectStartToFail = (change: Partial<ApiServerDeps>, code: ErrorCode) =>
    expect(startApi(change)).rejects.toSatisfy((error) => isCodedError(error, code));

  it.each(['0.0.0.0', '::', '192.0.2.1', 'plumbline.example', '127.0.0.1.evil.example', ''])(
    'does not listen on %j without a token',
    (host) => expectStartToFail({ host }, 'P601'),
  );

  it('does not take a token that can be guessed', () =>
    expectStartToFail({ token: new Secret('fifteen-letters') }, 'P601'));

  it('says so when the port is taken', () => expectStartToFail({ port: api.port }, 'P604'));

  it('says so when there is no such address here', () =>
    expectStartToFail({ host: '192.0.2.1', token: new Secret('x'.repeat(16)) }, 'P602'));

  it('means this machine by localhost', async () => {
    const other = await startApi({ host: 'localhost' });
    const { socket, received } = await openRaw(other.port, '');
    expect(socket.remoteAddress).toBe('127.0.0.1');
    await other.server.stop();
    expect(await received).toBe('');
  });

  it('happens once', async () => {
    await expect(api.server.start()).rejects.toThrow('starts once');
    const { socket } = await openRaw(api.port, '');
    socket.destroy();
    await once(socket, 'close');
  });
});
