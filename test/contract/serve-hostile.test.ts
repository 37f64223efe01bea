import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { exchange, openRaw, sendRaw } from '../support/http-exchange.ts';
import { makeContract, makeManifest, makeSumModel } from '../support/onnx-models.ts';
import {
  ask,
  createTestModels,
  MODEL,
  makeRoute,
  makeTable,
  startTestNode,
  type TestModels,
  type TestNode,
  toInfer,
} from '../support/serve-node.ts';

const PATH = `/v2/models/${MODEL}/infer`;
const MAX_BODY_BYTES = 1024 * 1024;

let models: TestModels;
let node: TestNode;

beforeAll(async () => {
  models = await createTestModels();
  const model = makeSumModel({ features: 2, add: 0 });
  const contract = makeContract(['a', 'b']);
  const version = await models.publish(model, makeManifest({ model, contract }));
  node = await startTestNode({
    artifacts: models.artifacts,
    limits: { maxBodyBytes: MAX_BODY_BYTES, maxBodyBytesTogether: 4 * MAX_BODY_BYTES },
  });
  await node.node.apply(makeTable(1, [makeRoute({ versions: [{ version, percent: 100 }] })]));
});

afterAll(async () => {
  await node.end();
  await models.remove();
});

/** Whatever was sent: the next one is served as if nothing had been. */
afterEach(async () => {
  expect((await ask(node.port, '/v2/health/live')).status).toBe(200);
  expect((await ask(node.port, PATH, toInfer([[1, 2]]))).body).toMatchObject({
    outputs: [{ data: [3] }],
  });
});

const input = (change: object) => ({
  inputs: [{ name: 'features', shape: [1, 2], datatype: 'FP32', data: [1, 2], ...change }],
});

function toRaw(headers: readonly string[], body: string): string {
  return [`POST ${PATH} HTTP/1.1`, ...headers, '', body].join('\r\n');
}

describe('a page of another site', () => {
  it.each([
    'origin: https://evil.example',
    'origin: null',
    'origin: http://localhost.evil.example:7272',
    'sec-fetch-site: cross-site',
  ])('says %s, and nothing is predicted', async (header) => {
    const text = JSON.stringify(input({}));
    const headers = ['host: localhost', header, 'content-type: text/plain', 'connection: close'];
    const received = await sendRaw(
      node.port,
      toRaw([...headers, `content-length: ${text.length}`], text),
    );
    expect(received).toMatch(/^HTTP\/1\.1 403 .*P705/is);
  });

  it('is none when it is of this machine', async () => {
    const text = JSON.stringify(input({}));
    const headers = ['host: localhost', 'origin: http://localhost:3000', 'connection: close'];
    const received = await sendRaw(
      node.port,
      toRaw([...headers, `content-length: ${text.length}`], text),
    );
    expect(received).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('a hostile body', () => {
  it.each([50, 97, 98, 120, 250_000])('nests %i deep', async (depth) => {
    const data = `${'['.repeat(depth)}1,2${']'.repeat(depth)}`;
    const text = `{"inputs":[{"name":"features","shape":[1,2],"datatype":"FP32","data":${data}}]}`;
    const reply = await ask(node.port, PATH, text);
    // The list of inputs, an input and the body itself are three levels of their own.
    expect(reply.status).toBe(depth + 3 > 100 ? 400 : 200);
    if (reply.status === 400) {
      expect(reply.body['error']).toContain(
        'JSON nesting depth exceeds maximum allowed limit (100)',
      );
    }
  });

  it.each([
    ['a shape beyond 64 bits', '[16,1152921504606846978]'],
    ['a shape whose size is beyond 64 bits', '[4,1152921504606846978]'],
    ['a negative dimension', '[-1,2]'],
    ['two negative dimensions', '[-1,-2]'],
    ['a dimension beyond all numbers', '[1e400,2]'],
    ['a shape of many dimensions', `[${Array(5000).fill(1).join(',')}]`],
    ['no shape', 'null'],
  ])('claims %s', async (_, shape) => {
    const text = JSON.stringify(input({ shape: 'SHAPE' })).replace('"SHAPE"', shape);
    expect((await ask(node.port, PATH, text)).status).toBe(400);
  });

  it.each([
    ['the same input twice', { inputs: [input({}).inputs[0], input({}).inputs[0]] }],
    ['an infinite number', JSON.stringify(input({ data: 'DATA' })).replace('"DATA"', '[1e400,1]')],
    ['a name of the prototype', { inputs: [{ name: '__proto__' }] }],
    [
      'binary data by another name',
      input({ parameters: { binary_data_size: 8 }, data: undefined }),
    ],
    ['nothing', ''],
    ['a text', '"inputs"'],
    ['half a document', '{"inputs":[{"name"'],
  ])('sends %s', async (_, body) => {
    const { status, body: answer } = await ask(node.port, PATH, body);
    expect([status, Object.keys(answer)]).toEqual([400, ['error']]);
  });

  it.each(['{}', '{"30":0}', '[]', '""'])('is full of %s', async (part) => {
    const junk = `${`${part},`.repeat(100_000)}${part}`;
    const text = JSON.stringify(input({ parameters: ['JUNK'] })).replace('"JUNK"', junk);
    const reply = await ask(node.port, PATH, text);
    expect(reply.status).toBe(400);
    expect(reply.body['error']).toContain('P821 the body has more than 65536');
  });

  it('is larger than allowed, said or not said', async () => {
    const large = JSON.stringify(input({ id: 'x'.repeat(MAX_BODY_BYTES) }));
    expect((await ask(node.port, PATH, large)).status).toBe(413);
    const size = (MAX_BODY_BYTES + 16).toString(16);
    const chunk = `${size}\r\n${'x'.repeat(MAX_BODY_BYTES + 16)}\r\n`;
    const headers = ['host: localhost', 'transfer-encoding: chunked'];
    const received = await sendRaw(node.port, toRaw(headers, chunk));
    expect(received).toMatch(/^HTTP\/1\.1 413 .*connection: close.*P826/is);
  });

  it('is one of many that are large together, and the memory for them is given back', async () => {
    const headers = ['host: localhost', `content-length: ${MAX_BODY_BYTES}`];
    const part = toRaw(headers, 'x'.repeat(MAX_BODY_BYTES - 1));
    const held = await Promise.all([1, 2, 3].map(() => openRaw(node.port, part)));
    // What one client leaves half-sent counts against all, until it has gone.
    const large = JSON.stringify(
      input({ id: 'x'.repeat(1000), more: 'y'.repeat(MAX_BODY_BYTES - 2000) }),
    );
    while ((await ask(node.port, PATH, large)).status !== 503) {
      held.push(await openRaw(node.port, part));
    }
    for (const { socket } of held) socket.destroy();
    await Promise.all(held.map(({ received }) => received));
    let last = 503;
    while (last === 503) last = (await ask(node.port, PATH, large)).status;
    expect(last).toBe(200);
  });

  it('comes in chunks, and is read as any other', async () => {
    const text = JSON.stringify(toInfer([[1, 2]]));
    const chunks = [text.slice(0, 9), text.slice(9)].map(
      (part) => `${part.length.toString(16)}\r\n${part}\r\n`,
    );
    const headers = ['host: localhost', 'transfer-encoding: chunked', 'connection: close'];
    const received = await sendRaw(node.port, toRaw(headers, `${chunks.join('')}0\r\n\r\n`));
    expect(received).toMatch(/^HTTP\/1\.1 200 .*"data":\[3\]/s);
  });

  it('is compressed, or has binary tensors behind it', async () => {
    for (const header of [
      'content-encoding: gzip',
      'inference-header-content-length: 99999999999',
    ]) {
      const headers = ['host: localhost', header, 'content-length: 2', 'connection: close'];
      const received = await sendRaw(node.port, toRaw(headers, '{}'));
      expect(received).toMatch(/^HTTP\/1\.1 400 .*P821/s);
    }
  });

  it('is given up half-way', async () => {
    const headers = ['host: localhost', 'content-length: 1000'];
    const { socket, received } = await openRaw(node.port, toRaw(headers, '{"inputs":'));
    socket.destroy();
    await received;
  });
});

describe('a hostile request', () => {
  it.each([
    ['of another site', ['host: attacker.example']],
    ['of none', []],
    ['of two', ['host: localhost', 'Host: attacker.example']],
  ])('bears the name %s', async (_, headers) => {
    const lines = [...headers, 'content-length: 0', 'connection: close'];
    const received = await sendRaw(node.port, toRaw(lines, ''));
    expect(received).toMatch(/^HTTP\/1\.1 403 .*P705/s);
  });

  it('is no HTTP at all', async () => {
    const received = await sendRaw(node.port, 'let me in\r\n\r\n');
    expect(received).toMatch(/^HTTP\/1\.1 400 .*\{"error":"P703 this is no HTTP request"\}$/s);
  });

  it('has headers without end', async () => {
    const received = await sendRaw(
      node.port,
      toRaw(['host: localhost', `x: ${'y'.repeat(20_000)}`], ''),
    );
    expect(received).toMatch(/^HTTP\/1\.1 431 .*P709/s);
  });

  it('says different lengths', async () => {
    const headers = ['host: localhost', 'content-length: 4', 'transfer-encoding: chunked'];
    const received = await sendRaw(node.port, toRaw(headers, '0\r\n\r\nGET /v2 HTTP/1.1\r\n\r\n'));
    expect(received).toMatch(/^HTTP\/1\.1 400 /);
    expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('has a body where none belongs', async () => {
    const lines = ['GET /v2/health/live HTTP/1.1', 'host: localhost', 'content-length: 30', '', ''];
    const { socket, received } = await openRaw(node.port, lines.join('\r\n'));
    expect(await received).toMatch(/^HTTP\/1\.1 200 .*connection: close/is);
    socket.destroy();
  });

  it('asks for a path without end', async () => {
    const { status } = await exchange(node.port, `/v2/models/${'a'.repeat(5_000)}`);
    expect(status).toBe(404);
  });

  it('asks for many things at once on one connection', async () => {
    const text = JSON.stringify(toInfer([[1, 2]]));
    const one = toRaw(['host: localhost', `content-length: ${text.length}`], text);
    const { socket } = await openRaw(node.port, one.repeat(200));
    let received = '';
    while (received.split('HTTP/1.1 200').length <= 200) {
      const [chunk] = await once(socket, 'data');
      received += chunk;
    }
    socket.destroy();
    expect(received.split('"data":[3]')).toHaveLength(201);
  });
});
