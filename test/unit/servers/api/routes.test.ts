import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CodedError } from '../../../../reconciler/core/contracts/coded-error.ts';
import {
  NOTHING_RECENT,
  type RecentStory,
} from '../../../../reconciler/core/status/recent-story.ts';
import type { ZoneStatus } from '../../../../reconciler/core/status/zone-status.ts';
import type { Liveness } from '../../../../reconciler/servers/api/routes.ts';
import { makeZone, type RunningApi, startApi } from '../../../support/api-servers.ts';
import { exchange } from '../../../support/http-exchange.ts';

const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

let api: RunningApi;
let zones: readonly ZoneStatus[] | Error = [];
let liveness: Liveness | Error = { isAlive: true, reasons: [] };

const giveOrThrow = <Value>(value: Value | Error): Value => {
  if (value instanceof Error) throw value;
  return value;
};
const get = (path: string) => exchange(api.port, path);
const getJson = async (path: string) => {
  const { status, headers, text } = await get(path);
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  return { status, body: JSON.parse(text) };
};

let recent: RecentStory = NOTHING_RECENT;

beforeAll(async () => {
  api = await startApi({
    readStatus: () => giveOrThrow(zones),
    readRecent: () => recent,
    readLiveness: () => giveOrThrow(liveness),
  });
});
afterAll(() => api.server.stop());

describe('GET /healthz', () => {
  it('says that the process lives', async () => {
    liveness = { isAlive: true, reasons: [] };
    const expected = { status: 200, body: { v: 1, state: 'alive', reasons: [] } };
    expect(await getJson('/healthz')).toEqual(expected);
  });

  it('says why it does not do well', async () => {
    liveness = { isAlive: false, reasons: ['the disk is full'] };
    const body = { v: 1, state: 'failing', reasons: ['the disk is full'] };
    expect(await getJson('/healthz')).toEqual({ status: 503, body });
  });

  it('does not depend on the zones', async () => {
    liveness = { isAlive: true, reasons: [] };
    zones = new Error('the zones are stuck');
    expect((await getJson('/healthz')).status).toBe(200);
  });
});

describe('GET /api/v1/recent', () => {
  it('says what waits for people and what was done last, and what it could not read', async () => {
    const record = { seq: 3, at: '2026-06-01T12:00:00.000Z', title: 'Create', outcome: 'failed' };
    const traffic = { ae: [{ endpoint: 'payments/fraud', versions: [] }] };
    const unread = ['Pull requests cannot be read'];
    recent = { pulls: [], records: { ae: [record] }, traffic, unread };
    zones = [makeZone({ zone: 'ae' })];
    expect(await getJson('/api/v1/recent')).toEqual({ status: 200, body: { v: 1, ...recent } });
    const { text } = await get('/');
    expect(text).toContain('Pull requests cannot be read');
    expect(text).toContain('<td>Create (failed)</td>');
    recent = NOTHING_RECENT;
  });
});

describe('GET /readyz', () => {
  it('is ready when every zone leads with a revision in force, or stands by', async () => {
    zones = [makeZone(), makeZone({ zone: 'de', role: 'standby', epoch: null })];
    const expected = { status: 200, body: { v: 1, state: 'ready', reasons: [] } };
    expect(await getJson('/readyz')).toEqual(expected);
  });

  it('names each zone that is not, and why', async () => {
    const source = { revision: null, judged: null, held: null, diagnostics: [] };
    zones = [
      makeZone(),
      makeZone({ zone: 'de', source }),
      makeZone({ zone: 'us', role: 'starting' }),
    ];
    const { status, body } = await getJson('/readyz');
    expect(status).toBe(503);
    expect(body).toEqual({
      v: 1,
      state: 'not-ready',
      reasons: [
        { zone: 'de', why: 'no revision is in force yet' },
        { zone: 'us', why: 'starting' },
      ],
    });
  });

  it('asks to be asked again', async () => {
    zones = [];
    const { status, headers } = await get('/readyz');
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('1');
  });
});

describe('GET /api/v1/status', () => {
  it('gives every zone as it stands on the board', async () => {
    zones = [makeZone(), makeZone({ zone: 'de', trouble: 'P401 ü 🔑' })];
    expect(await getJson('/api/v1/status')).toEqual({ status: 200, body: { v: 1, zones } });
  });

  it('gives one zone when asked for it', async () => {
    zones = [makeZone(), makeZone({ zone: 'de' })];
    const body = { v: 1, zones: [zones[1]] };
    expect(await getJson('/api/v1/status?zone=de')).toEqual({ status: 200, body });
    expect((await getJson('/api/v1/status?')).body).toEqual({ v: 1, zones });
  });

  it('says that there is no such zone', async () => {
    const { status, body } = await getJson('/api/v1/status?zone=fr');
    expect([status, body.error.code]).toEqual([404, 'P701']);
  });

  it.each([
    ['an unknown parameter', '/api/v1/status?zones=ae'],
    ['a parameter of another route', '/healthz?zone=ae'],
    ['a parameter twice', '/api/v1/status?zone=ae&zone=de'],
    ['no name', '/api/v1/status?zone=%00'],
    ['an empty name', '/api/v1/status?zone='],
    ['a path', '/?zone=../../etc/passwd'],
    ['a prototype', '/api/v1/status?__proto__=x'],
    [
      'too many parameters',
      `/?${Array.from({ length: 9 }, (_, index) => `a${index}=1`).join('&')}`,
    ],
  ])('refuses a query with %s', async (_, path) => {
    const { status, body } = await getJson(path);
    expect([status, body.v, body.error.code]).toEqual([400, 1, 'P703']);
  });
});

describe('GET /', () => {
  it('is a page that lists the zones under a policy without scripts', async () => {
    zones = [makeZone(), makeZone({ zone: 'de' })];
    const { status, headers, text } = await get('/');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toMatch(/script-src|unsafe|\*/);
    expect(text).toContain('Zone</span> ae');
    expect(text).toContain('Zone</span> de');
    expect((await get('/?zone=de')).text).not.toContain('Zone</span> ae');
  });
});

describe('every answer', () => {
  it.each(['/', '/healthz', '/readyz', '/api/v1/status', '/nothing', '/?x=1'])(
    'to %s forbids keeping, guessing, framing and foreign reading',
    async (path) => {
      zones = [makeZone()];
      const { headers, text } = await get(path);
      expect(headers).toMatchObject(SECURITY_HEADERS);
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(Number(headers['content-length'])).toBe(Buffer.byteLength(text));
      expect(headers['x-powered-by'] ?? headers['server']).toBeUndefined();
      expect(headers['access-control-allow-origin']).toBeUndefined();
    },
  );

  it.each(['/', '/healthz', '/readyz', '/api/v1/status', '/nothing'])(
    'to HEAD %s is that to GET without the body',
    async (path) => {
      zones = [makeZone()];
      const full = await get(path);
      const head = await exchange(api.port, path, { method: 'HEAD' });
      expect(head.text).toBe('');
      expect(head.status).toBe(full.status);
      expect({ ...head.headers, date: '' }).toEqual({ ...full.headers, date: '' });
    },
  );
});

describe('what goes wrong inside', () => {
  it('stays inside: no message, no stack, no label', async () => {
    zones = new TypeError('cannot read /srv/plumbline/secrets of undefined');
    for (const path of ['/readyz', '/api/v1/status', '/']) {
      const { status, body } = await getJson(path);
      expect(status).toBe(500);
      const error = { code: 'P606', title: 'unexpected failure', message: 'unexpected failure' };
      expect(body).toEqual({ v: 1, error });
    }
    expect(api.log.lines().join('\n')).toContain('cannot read /srv/plumbline/secrets');
  });

  it('is 503 with its title when it has a code', async () => {
    zones = new CodedError('P401', 'no answer from db.internal:5432 as user admin');
    const { status, body } = await getJson('/api/v1/status');
    expect(status).toBe(503);
    expect(body.error).toEqual({
      code: 'P401',
      title: 'store unavailable',
      message: 'store unavailable',
    });
  });

  it('is not a refusal because somebody threw a string', async () => {
    liveness = Object.assign(new Error('x'), { code: 'P701' });
    expect((await getJson('/healthz')).status).toBe(500);
    liveness = { isAlive: true, reasons: [] };
  });
});
