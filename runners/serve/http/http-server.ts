import { createServer, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import { toUnreadError } from '../../../reconciler/core/contracts/unread-request.ts';
import { toErrorAnswer } from './answer.ts';
import type { HttpLimits } from './limits.ts';

export function createHttpServer(limits: HttpLimits): Server {
  const server = createServer({
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.connectionsCheckMs,
    keepAliveTimeout: limits.keepAliveMs,
    insecureHTTPParser: false,
    requireHostHeader: false,
    noDelay: true,
  });
  server.maxConnections = limits.maxConnections;
  server.maxHeadersCount = 0;
  server.setTimeout(limits.idleSocketMs);
  return server;
}

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', '::1']);

/** Until callers are authenticated, nobody beyond this machine may reach a node. Throws P601. */
export function checkLoopback(host: string): void {
  if (LOOPBACK_HOSTS.has(host)) return;
  throw new CodedError(
    'P601',
    `a node listens on 127.0.0.1 or ::1, not on ${JSON.stringify(host)}`,
  );
}

export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error & { readonly code?: string }) => {
      const code = cause.code === 'EADDRINUSE' ? 'P604' : 'P602';
      reject(new CodedError(code, `cannot listen on port ${port} of ${host}`, { cause }));
    };
    server.once('error', fail);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', fail);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
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
  const { status, text } = toErrorAnswer(error);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy());
}
