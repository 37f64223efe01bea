import type { IncomingMessage, ServerResponse } from 'node:http';
import { CodedError, isCodedError } from '../../core/contracts/coded-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Secret } from '../../ports/secrets.ts';
import { createConnections } from '../http/connections.ts';
import { checkExposure, toListenAddress } from '../http/exposure.ts';
import { createHttpServer, listen, refuseUnread } from '../http/http-server.ts';
import { type HttpResponse, toResponse } from '../http/to-response.ts';
import { answerRequest, hasBody } from './answer-request.ts';
import { type ApiLimits, DEFAULT_API_LIMITS } from './api-limits.ts';
import { createRoutes, type RouteDeps } from './routes.ts';

export type ApiServerDeps = RouteDeps & {
  readonly log: Log;
  readonly clock: Clock;
  /** Default: 127.0.0.1. An address that others can reach needs a token. */
  readonly host?: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly token?: Secret;
  readonly limits?: Partial<ApiLimits>;
};

export type ApiServer = {
  /** Once. Throws P601 for an address without its token, P602 or P604 when it cannot listen. */
  readonly start: () => Promise<{ readonly port: number }>;
  /** Finishes the answers in progress, within bounds, and closes every connection. */
  readonly stop: () => Promise<void>;
};

/** The reconciler's own HTTP face: what it does and whether it can; it changes nothing. */
export function createApiServer(deps: ApiServerDeps): ApiServer {
  const { clock, log, host = '127.0.0.1', token = null } = deps;
  const limits = { ...DEFAULT_API_LIMITS, ...deps.limits };
  const answering = { routes: createRoutes(deps), token, limits, clock };
  const connections = createConnections();
  const server = createHttpServer(limits);
  let starting: Promise<number> | null = null;
  let stopping: Promise<void> | null = null;

  const respond = async (request: IncomingMessage): Promise<HttpResponse> => {
    try {
      if (connections.countAnswers() > limits.maxAnswers) throw toTooBusy();
      return toResponse({ kind: 'answered', answer: await answerRequest(answering, request) });
    } catch (error) {
      report(log, error);
      return toResponse({ kind: 'failed', error });
    }
  };

  const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    connections.beginAnswer(response);
    const { status, headers, body } = await respond(request);
    // A body that nobody reads would be taken for the next request.
    const isLast = stopping !== null || hasBody(request);
    response.writeHead(status, isLast ? { ...headers, connection: 'close' } : headers);
    response.end(request.method === 'HEAD' ? undefined : body);
  };

  server.on('request', (request, response) => void onRequest(request, response));
  // Without this listener Node would ask for the body before it can be refused.
  server.on('checkContinue', (request, response) => void onRequest(request, response));
  server.on('connection', connections.add);
  server.on('clientError', (error, socket) => {
    refuseUnread(error, socket, connections.isAnswering(socket));
  });

  const stop = async (): Promise<void> => {
    await starting?.catch(() => undefined);
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await connections.drain(clock, limits.drainMs);
    await closed;
    log.write({ level: 'info', event: 'api-stopped', message: 'HTTP is no longer answered' });
  };

  return {
    async start() {
      checkExposure(host, token);
      if (starting !== null || stopping !== null) throw new Error('a server starts once');
      starting = listen(server, toListenAddress(host), deps.port);
      const port = await starting;
      const fields = { host, port };
      log.write({ level: 'info', event: 'api-listening', message: 'HTTP is answered', fields });
      return { port };
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

/** Strangers can cause refusals at will, so these must not fill a log that is read. */
function report(log: Log, error: unknown): void {
  if (isCodedError(error) && error.code.startsWith('P7') && error.code !== 'P710') {
    const fields = { code: error.code };
    log.write({ level: 'debug', event: 'request-refused', message: error.message, fields });
    return;
  }
  const message = error instanceof Error ? error.message : String(error);
  const fields = { code: isCodedError(error) ? error.code : 'P606' };
  log.write({ level: 'error', event: 'request-failed', message, fields });
}
