import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerLines } from './server-lines.ts';

/** The baseline: reads JSON and sends it back, and does nothing else. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const text = JSON.stringify(JSON.parse(Buffer.concat(chunks).toString('utf8')));
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  });
});

server.listen(0, '127.0.0.1', () => {
  void answerLines((server.address() as AddressInfo).port);
});
