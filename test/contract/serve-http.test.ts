import { afterEach, describe, expect, it } from 'vitest';
import { createSimulatedClock } from '../../reconciler/adapters/clock/simulated/clock.ts';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createMemoryLog } from '../../reconciler/adapters/log/memory/log.ts';
import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';
import { toJsonAnswer } from '../../runners/serve/http/answer.ts';
import { createFailureLog } from '../../runners/serve/http/failure-log.ts';
import {
  createNodeServer,
  type NodeServer,
  type NodeServerDeps,
} from '../../runners/serve/http/node-server.ts';
import { createGate } from '../support/api-servers.ts';
import { exchange, openRaw } from '../support/http-exchange.ts';

const clock = createSystemClock();
const GET = 'GET / HTTP/1.1\r\nhost: localhost\r\n\r\n';

let server: NodeServer;

async function start(
  answer: NodeServerDeps['answer'],
  limits: NodeServerDeps['limits'] = {},
): Promise<number> {
  const log = createMemoryLog({ clock });
  server = createNodeServer({ answer, host: '127.0.0.1', port: 0, clock, log, limits });
  return (await server.start()).port;
}

afterEach(() => server.stop());

describe('the HTTP of a node', () => {
  it('knows when nobody waits for an answer any more', async () => {
    const left = createGate<null>();
    let tell: (isGone: () => boolean) => void = () => {};
    const told = new Promise<() => boolean>((resolve) => {
      tell = resolve;
    });
    const port = await start(async (_, isGone) => {
      tell(isGone);
      await left.wait();
      return toJsonAnswer({});
    });
    const { socket } = await openRaw(port, GET);
    const isGone = await told;
    expect(isGone()).toBe(false);
    socket.destroy();
    while (!isGone()) await clock.sleep(1);
    left.open(null);
  });

  it('finishes an answer before it stops, and takes no new connection meanwhile', async () => {
    const gate = createGate<null>();
    const port = await start(async () => {
      await gate.wait();
      return toJsonAnswer({ done: true });
    });
    const { received } = await openRaw(port, GET);
    await gate.entered;
    const stopped = server.stop();
    await expect(exchange(port, '/')).rejects.toThrow('ECONNREFUSED');
    gate.open(null);
    expect(await received).toMatch(/^HTTP\/1\.1 200 .*connection: close.*\{"done":true\}$/is);
    await stopped;
  });

  it('does not wait for ever for an answer that does not come', async () => {
    const gate = createGate<null>();
    const port = await start(
      async () => {
        await gate.wait();
        return toJsonAnswer({});
      },
      { drainMs: 10 },
    );
    const { received } = await openRaw(port, GET);
    await gate.entered;
    await server.stop();
    expect(await received).toBe('');
    gate.open(null);
  });

  it('refuses more answers at once than it can hold', async () => {
    const gate = createGate<null>(2);
    const port = await start(
      async () => {
        await gate.wait();
        return toJsonAnswer({});
      },
      { maxAnswers: 2 },
    );
    const held = [await openRaw(port, GET), await openRaw(port, GET)];
    await gate.entered;
    const reply = await exchange(port, '/');
    expect([reply.status, reply.headers['retry-after']]).toEqual([503, '1']);
    expect(reply.text).toContain('P710');
    gate.open(null);
    for (const { socket } of held) socket.destroy();
  });

  it('says nothing of a failure that is not its own words', async () => {
    const port = await start(async () => {
      throw new Error('at /secret/place');
    });
    const reply = await exchange(port, '/');
    expect([reply.status, reply.text]).toEqual([500, '{"error":"P606 unexpected failure"}']);
  });
});

describe('the log of failures', () => {
  it('has one line in a second for each code, and counts the rest', async () => {
    const simulated = createSimulatedClock({ startAt: 0 });
    const log = createMemoryLog({ clock: simulated });
    const { report } = createFailureLog({ clock: simulated, log });
    const cause = new CodedError('P401', 'the database does not answer');
    const away = new CodedError('P827', 'the store is away', { remedy: 'retry', cause });
    for (let count = 0; count < 5; count += 1) report(away);
    report(new Error('other'));
    await simulated.advance(1_000);
    report(away);
    const lines = log.lines().map((line) => JSON.parse(line) as Record<string, never>);
    expect(lines.map(({ message, fields }) => [message, fields])).toEqual([
      ['the store is away: the database does not answer', { code: 'P827', unsaid: 0 }],
      ['other', { code: 'P606', unsaid: 0 }],
      ['the store is away: the database does not answer', { code: 'P827', unsaid: 4 }],
    ]);
  });

  it('does not keep what clients can cause at will', () => {
    const log = createMemoryLog({ clock });
    const { report } = createFailureLog({ clock, log });
    for (const code of ['P821', 'P822', 'P824', 'P825', 'P826'] as const) {
      report(new CodedError(code, 'a refusal'));
    }
    report(new CodedError('P825', 'its process died', { remedy: 'retry' }));
    const levels = log.lines().map((line) => (JSON.parse(line) as Record<string, string>)['level']);
    expect(levels).toEqual([...Array(5).fill('debug'), 'error']);
  });
});
