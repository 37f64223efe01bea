import { createServer } from 'node:net';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';

/** How many after the preferred one are tried before any free one is taken. */
const NEXT_PORTS = 16;
const LAST_PORT = 65_535;

/**
 * In the order in which they are tried; 0 is whichever the system gives. The preferred one comes
 * before the last one, or a port that was taken once would never be used again. Those on which
 * nodes of other zones were last are left to them: which zone starts first must not matter.
 */
export function listPorts(
  last: number | null,
  preferred: number,
  others: readonly number[] = [],
): readonly number[] {
  const next = Array.from({ length: NEXT_PORTS + 1 }, (_, at) => preferred + at);
  const [wanted = 0, ...following] =
    preferred === 0 ? [] : next.filter((port) => port <= LAST_PORT);
  const known = last === null ? [] : [last];
  const ports = [...(wanted === 0 ? [] : [wanted]), ...known, ...following, 0];
  return [...new Set(ports)].filter((port) => port === last || !others.includes(port));
}

/** Another program may take it right after; then the node does not start, and the next is tried. */
export function isPortFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (hasErrorCode(error, 'EADDRINUSE', 'EACCES')) resolve(false);
      else reject(error);
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
