import type { IncomingMessage, ServerResponse } from 'node:http';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { Clock } from '../../../reconciler/ports/clock.ts';
import type { Log } from '../../../reconciler/ports/log.ts';
import { type Answer, toErrorAnswer } from './answer.ts';
import { createConnections } from './connections.ts';
import { createFailureLog } from './failure-log.ts';
import { checkLoopback, createHttpServer, listen, refuseUnread } from './http-server.ts';
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from './limits.ts';

export type NodeServerDeps = {
  /** Throws what it refuses. */
  readonly answer: (request: IncomingMessage, isGone: () => boolean) => Promise<Answer>;
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<HttpLimits>;
};

export type NodeServer = {
  /** Once. Throws P601 for an address beyond this machine, P602 or P604 when it cannot listen. */
  readonly start: () => Promise<{ readonly port: number }>;
  /** Finishes the answers in progress, within bounds, and closes every connection. */
  readonly stop: () => Promise<void>;
};

/** HTTP of a node. It knows sockets and no models. */
export function createNodeServer(deps: NodeServerDeps): NodeServer {
  const { clock, log, host, port } = deps;
  const limits = { ...DEFAULT_HTTP_LIMITS, ...deps.limits };
  const connections = createConnections();
  const server = createHttpServer(limits);
  const failures = createFailureLog({ clock, log });
  let isStopping = false;

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<Answer> => {
    try {
      if (connections.countAnswers() > limits.maxAnswers) throw toTooBusy();
      checkHost(request);
      checkSite(request);
      return await deps.answer(request, () => response.closed || response.destroyed);
    } catch (error) {
      failures.report(error);
      return toErrorAnswer(error);
    }
  };

  const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    connections.beginAnswer(response);
    const { status, text, headers } = await respond(request, response);
    // A body that nobody reads would be taken for the next request.
    const isLast = isStopping || !request.complete;
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      ...headers,
      ...(isLast ? { connection: 'close' } : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : text);
  };

  server.on('request', (request, response) => void onRequest(request, response));
  server.on('checkContinue', (request, response) => {
    response.writeContinue();
    void onRequest(request, response);
  });
  server.on('connection', connections.add);
  server.on('clientError', (error, socket) => {
    refuseUnread(error, socket, connections.isAnswering(socket));
  });

  return {
    async start() {
      checkLoopback(host);
      return { port: await listen(server, host, port) };
    },
    async stop() {
      isStopping = true;
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await connections.drain(clock, limits.drainMs);
      await closed;
    },
  };
}

/** What a browser or a tool on this machine writes into the header, with or without a port. */
const LOOPBACK_HEADER = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/**
 * A page of any site may point its own name at this address and then ask as itself (DNS
 * rebinding). Node keeps the first of several headers, and a proxy may have looked at the last.
 */
function checkHost({ headers, rawHeaders }: IncomingMessage): void {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  if (count === 1 && LOOPBACK_HEADER.test(headers.host ?? '')) return;
  throw new CodedError('P705', 'ask for 127.0.0.1, localhost or [::1]: other names are not ours');
}

/** As a browser writes it, for pages of this machine on any port. */
const LOOPBACK_ORIGIN = /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/**
 * A page of any site may send a POST to this address without being able to read the answer, and
 * each one is counted among the requests that rollouts and drift are judged by.
 */
function checkSite({ headers }: IncomingMessage): void {
  const { origin } = headers;
  const isForeign = origin !== undefined && !LOOPBACK_ORIGIN.test(origin);
  if (!isForeign && headers['sec-fetch-site'] !== 'cross-site') return;
  throw new CodedError('P705', 'pages of other sites are not answered here');
}

function toTooBusy(): CodedError {
  return new CodedError('P710', 'too many answers are in progress', { remedy: 'retry' });
}
