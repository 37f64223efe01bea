import { connect, type Socket } from 'node:net';
import { percentile } from '../bench.ts';

/*
 * A load generator: `load-child.ts <port> <path> <connections> <seconds> <body>`. Each connection
 * sends a request, waits for its answer and sends the next: a closed loop, so it never asks faster
 * than it is answered. It speaks to sockets itself, for an HTTP client would be slower than most
 * servers. It prints one line of JSON at its end.
 */
const [port = '', path = '', connections = '', seconds = '', body = ''] = process.argv.slice(2);

const REQUEST = Buffer.from(
  [
    `POST ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n'),
);

const durationsMs: number[] = [];
let errors = 0;
let isOver = false;

function drive(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    let received = '';
    let startedMs = 0;
    const send = (): void => {
      received = '';
      startedMs = performance.now();
      socket.write(REQUEST);
    };
    const finish = (): void => {
      socket.destroy();
      resolve();
    };
    socket.setNoDelay(true);
    socket.setEncoding('latin1').on('data', (chunk) => {
      received += chunk;
      if (!isWhole(received)) return;
      durationsMs.push(performance.now() - startedMs);
      if (!received.startsWith('HTTP/1.1 200')) errors += 1;
      if (isOver) finish();
      else send();
    });
    socket.on('error', () => {
      errors += 1;
      finish();
    });
    socket.on('close', finish);
    socket.on('connect', send);
  });
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = Number(/content-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
  return text.length >= end + 4 + length;
}

const startedMs = performance.now();
setTimeout(() => {
  isOver = true;
}, Number(seconds) * 1000);
await Promise.all(
  Array.from({ length: Number(connections) }, () =>
    drive(connect({ host: '127.0.0.1', port: Number(port) })),
  ),
);
const result = {
  count: durationsMs.length,
  errors,
  perSecond: (durationsMs.length * 1000) / (performance.now() - startedMs),
  p50Ms: percentile(durationsMs, 0.5),
  p99Ms: percentile(durationsMs, 0.99),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
