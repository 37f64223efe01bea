import { createServer, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { CodedError } from '../../core/contracts/coded-error.ts';
import type { ErrorCode } from '../../core/contracts/error-codes.ts';
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

const CODE_BY_FAILURE: ReadonlyMap<string | undefined, ErrorCode> = new Map([
  ['HPE_HEADER_OVERFLOW', 'P709'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'P706'],
]);

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
  const code = CODE_BY_FAILURE.get(failure.code) ?? 'P703';
  const error = new CodedError(code, MESSAGES.get(code) ?? 'this is no HTTP request');
  socket.end(toRawResponse(toResponse({ kind: 'failed', error })), () => socket.destroy());
}

const MESSAGES: ReadonlyMap<ErrorCode, string> = new Map([
  ['P706', 'the request did not arrive in time'],
  ['P709', 'the header lines are too large together'],
]);

function toRawResponse({ status, headers, body }: HttpResponse): string {
  const lines = Object.entries({ ...headers, connection: 'close' });
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
    '',
    new TextDecoder().decode(body),
  ].join('\r\n');
}
