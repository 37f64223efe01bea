import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createHttpPredictions } from '../../reconciler/adapters/predictions/http/predictions.ts';
import { createMemoryPredictions } from '../../reconciler/adapters/predictions/memory/predictions.ts';
import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { PredictionRequest } from '../../reconciler/ports/predictions.ts';
import { describePredictions, toEcho } from './predictions.contract.ts';

const clock = createSystemClock();

function refuse({ endpoint }: PredictionRequest): CodedError | null {
  if (endpoint === 'payments/unknown') return new CodedError('P822', `no endpoint ${endpoint}`);
  if (endpoint === 'payments/odd name') return new CodedError('P821', `a bad one: ${endpoint}`);
  if (endpoint !== 'payments/waiting') return null;
  return new CodedError('P823', `${endpoint} has no release yet`, { remedy: 'retry' });
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const close = (server: Server) =>
  new Promise<void>((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });

/** The port of a server that is closed again. */
async function findEmptyUrl(): Promise<string> {
  const server = createServer();
  const url = await listen(server);
  await close(server);
  return url;
}

describePredictions(
  {
    name: 'memory',
    async create(judge) {
      const answer = (request: PredictionRequest) => {
        const refusal = judge(request);
        if (refusal !== null) throw refusal;
        return toEcho(request);
      };
      return {
        predictions: createMemoryPredictions({ nodes: new Map([['http://node', answer]]) }),
        ...{ url: 'http://node', emptyUrl: 'http://nobody' },
        async close() {},
      };
    },
  },
  refuse,
);

const STATUS: Readonly<Record<string, number>> = { P821: 400, P822: 404, P823: 503 };

describePredictions(
  {
    name: 'HTTP',
    async create(judge) {
      const answer: RequestListener = async (request, response) => {
        let text = '';
        for await (const chunk of request.setEncoding('utf8')) text += chunk;
        const [, path = ''] = /^\/v1\/endpoints\/([^/]+\/[^/]+)\/predict$/.exec(
          request.url ?? '',
        ) ?? [''];
        const asked = { endpoint: decodeURIComponent(path), ...JSON.parse(text) };
        const refusal = judge(asked);
        const body =
          refusal === null ? toEcho(asked) : { error: `${refusal.code} ${refusal.message}` };
        response.writeHead(refusal === null ? 200 : (STATUS[refusal.code] ?? 500));
        response.end(JSON.stringify(body));
      };
      const server = createServer((request, response) => void answer(request, response));
      return {
        predictions: createHttpPredictions({ clock }),
        url: await listen(server),
        emptyUrl: await findEmptyUrl(),
        close: () => close(server),
      };
    },
  },
  refuse,
);

describe('HTTP predictions, when the other side is no node', () => {
  let server: Server | null = null;
  afterEach(async () => {
    if (server !== null) await close(server);
    server = null;
  });

  it.each<readonly [string, RequestListener]>([
    ['never answers', () => {}],
    ['hangs up', (request) => request.socket.destroy()],
    ['stops in the middle', (_, response) => response.writeHead(200).write('{"score":')],
    ['sends no JSON', (_, response) => response.end('hello')],
    ['sends no object', (_, response) => response.end('[1]')],
    ['sends without end', (_, response) => response.end(`"${' '.repeat(2 * 1024 * 1024)}"`)],
    ['fails without a code', (_, response) => response.writeHead(500).end('{"error":"oops"}')],
    [
      'fails with no code of ours',
      (_, response) => response.writeHead(500).end('{"error":"P999 x"}'),
    ],
  ])('is a failure of the node when it %s', async (_, answer) => {
    server = createServer(answer);
    const url = await listen(server);
    const predictions = createHttpPredictions({ clock, limitMs: 500 });
    const asked = { endpoint: 'payments/fraud', entities: {}, features: { amount: 42.424242 } };
    const error = await predictions.predict(url, asked).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'P810' });
    expect(String(error)).not.toContain('42.424242');
  });
});
