import type { IncomingMessage, ServerResponse } from 'node:http';
import { CodedError, isCodedError } from '../../core/contracts/coded-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Randomness } from '../../ports/randomness.ts';
import { Secret } from '../../ports/secrets.ts';
import { createConnections } from '../http/connections.ts';
import { createHttpServer, listen, refuseUnread } from '../http/http-server.ts';
import { answerNode, type ControlledZone } from './answer-node.ts';
import { type ControlLimits, DEFAULT_CONTROL_LIMITS } from './control-limits.ts';
import { createRouteWaiters } from './route-waiters.ts';
import { toNodeResponse } from './to-node-response.ts';

/** Nodes run on this machine; whoever comes from elsewhere is none. */
const HOST = '127.0.0.1';
const TOKEN_BYTES = 32;

export type ControlServerDeps = {
  /** Zones open and close while the server runs; null for one that is not open. */
  readonly findZone: (zone: string) => ControlledZone | null;
  readonly log: Log;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** 0 for any free one. */
  readonly port: number;
  readonly limits?: Partial<ControlLimits>;
};

export type ControlServer = {
  /** Once. The token is of this start. Throws P602 or P604 when it cannot listen. */
  readonly start: () => Promise<{
    readonly url: string;
    readonly port: number;
    readonly token: Secret;
  }>;
  /** Wakes the nodes that wait for new routes of a zone; without it they see them a little later. */
  readonly notifyRoutesChanged: (zone: string) => void;
  /** Ends the waits, finishes the other answers within bounds, and closes every connection. */
  readonly stop: () => Promise<void>;
};

/** Where data-plane nodes get their routes, say what they serve, and bring what they counted. */
export function createControlServer(deps: ControlServerDeps): ControlServer {
  const { clock, log, randomness, findZone } = deps;
  const limits = { ...DEFAULT_CONTROL_LIMITS, ...deps.limits };
  const token = new Secret(Buffer.from(randomness.bytes(TOKEN_BYTES)).toString('hex'));
  const waiters = createRouteWaiters({ clock, ...limits });
  const answering = { findZone, token, limits, waiters };
  const connections = createConnections();
  const stopped = new AbortController();
  const server = createHttpServer(limits);
  let starting: Promise<number> | null = null;
  let stopping: Promise<void> | null = null;

  const respond = async (request: IncomingMessage, signal: AbortSignal) => {
    try {
      if (connections.countAnswers() > limits.maxAnswers) throw toTooBusy();
      return toNodeResponse({ answer: await answerNode(answering, request, signal) });
    } catch (error) {
      report(log, error);
      return toNodeResponse({ error });
    }
  };

  const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    connections.beginAnswer(response);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, stopped.signal]);
    const { status, headers, body } = await respond(request, signal);
    // What is left of a refused body would be taken for the next request.
    const isLast = stopping !== null || !request.complete;
    response.writeHead(status, isLast ? { ...headers, connection: 'close' } : headers);
    response.end(body);
  };

  server.on('request', (request, response) => void onRequest(request, response));
  server.on('connection', connections.add);
  server.on('clientError', (error, socket) => {
    refuseUnread(error, socket, connections.isAnswering(socket));
  });

  const stop = async (): Promise<void> => {
    await starting?.catch(() => undefined);
    stopped.abort();
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await connections.drain(clock, limits.drainMs);
    await closed;
  };

  return {
    notifyRoutesChanged: waiters.notify,
    async start() {
      if (starting !== null || stopping !== null) throw new Error('a server starts once');
      starting = listen(server, HOST, deps.port);
      const port = await starting;
      const fields = { port };
      log.write({ level: 'info', event: 'control-listening', message: 'nodes are heard', fields });
      return { url: `http://${HOST}:${port}`, port, token };
    },
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

function toTooBusy(): CodedError {
  return new CodedError('P710', 'too many answers are in progress', { remedy: 'retry' });
}

/** Strangers can cause refusals at will; a delta that is refused is a fault of ours, and is seen. */
function report(log: Log, error: unknown): void {
  const code = isCodedError(error) ? error.code : 'P606';
  const message = error instanceof Error ? error.message : String(error);
  const isStranger = /^P70[1245678]$/.test(code);
  const level = isStranger ? 'debug' : code === 'P703' ? 'warn' : 'error';
  log.write({ level, event: 'node-request-refused', message, fields: { code } });
}
