import { createServer, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { CodedError } from '../../core/contracts/coded-error.ts';
import { toUnreadError } from '../../core/contracts/unread-request.ts';
import type { HttpLimits } from './http-limits.ts';
import { type HttpResponse, toResponse } from './to-response.ts';

export function createHttpServer(limits: HttpLimits): Server {
  const server = createServer({
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.connectionsCheckMs,
    keepAliveTimeout: limits.keepAliveMs,
    insecureHTTPParser: false,
    requireHostHeader: false,
  });
  server.maxConnections = limits.maxConnections;
  server.maxRequestsPerSocket = limits.maxRequestsPerConnection;
  server.maxHeadersCount = 0;
  server.setTimeout(limits.idleSocketMs);
  return server;
}

export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => reject(toListenFailure(cause, host, port));
    server.once('error', fail);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', fail);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function toListenFailure(cause: Error & { readonly code?: string }, host: string, port: number) {
  const place = `port ${port} of ${host}`;
  if (cause.code === 'EADDRINUSE') {
    return new CodedError('P604', `another program listens on ${place}: choose another port`, {
      cause,
      details: { host, port },
    });
  }
  const why = cause.code === 'EACCES' ? 'it takes rights that this user has not' : cause.message;
  return new CodedError('P602', `cannot listen on ${place}: ${why}`, { cause });
}

/** What never became a request, for want of bytes, sense or time. */
export function refuseUnread(
  failure: Error & { readonly code?: string },
  socket: Duplex,
  isAnswering: boolean,
): void {
  // In the middle of an answer another one would be read as part of it.
  if (isAnswering || !socket.writable || failure.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const error = toUnreadError(failure.code);
  socket.end(toRawResponse(toResponse({ kind: 'failed', error })), () => socket.destroy());
}

function toRawResponse({ status, headers, body }: HttpResponse): string {
  const lines = Object.entries({ ...headers, connection: 'close' });
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
    '',
    new TextDecoder().decode(body),
  ].join('\r\n');
}
