import { request as httpRequest } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createFileProcessRegistry } from '../../reconciler/adapters/process-registry/file/process-registry.ts';
import {
  makeContract,
  makeManifest,
  makeSigmoidModel,
  makeSumModel,
} from '../support/onnx-models.ts';
import { ask, MODEL, makeRoute, makeTable, toInfer } from '../support/serve-node.ts';
import { createServingZone, type NodeProcess, type ServingZone } from '../support/serve-process.ts';

const CONTRACT = makeContract(['amount', 'age']);

let zone: ServingZone;
let champion = '';
let canary = '';

beforeAll(async () => {
  zone = await createServingZone();
  const sum = makeSumModel({ features: 2, add: 1 });
  champion = await zone.publish(sum, makeManifest({ model: sum, contract: CONTRACT }));
  const sigmoid = makeSigmoidModel({ weights: [1, 1], bias: 0 });
  canary = await zone.publish(sigmoid, makeManifest({ model: sigmoid, contract: CONTRACT }));
});

afterAll(() => zone.remove());

const table = () =>
  makeTable(5, [
    makeRoute({
      versions: [
        { version: champion, percent: 60 },
        { version: canary, percent: 40 },
      ],
    }),
  ]);

async function becomesReady(node: NodeProcess): Promise<void> {
  while ((await ask(node.port, '/v2/health/ready')).status !== 200) {
    await createSystemClock().sleep(20);
  }
}

async function assign(node: NodeProcess, entity: string): Promise<string> {
  const body = toInfer([[1, 2]], { parameters: { entity_key: entity } });
  const reply = await ask(node.port, `/v2/models/${MODEL}/infer`, body);
  expect(reply.status).toBe(200);
  return String(reply.body['model_version']);
}

describe('the process of a node', () => {
  const started: NodeProcess[] = [];
  const start = async (name: string, routes = table()) => {
    const node = await zone.startNode(name, routes);
    started.push(node);
    await becomesReady(node);
    return node;
  };

  afterEach(async () => {
    await Promise.all(started.splice(0).map((node) => node.terminate()));
  });

  it('serves what it has kept while nobody tells it more, and registers itself', async () => {
    const node = await start('serve-a');
    const reply = await ask(
      node.port,
      `/v2/models/${MODEL}/versions/${champion}/infer`,
      toInfer([[1, 2]]),
    );
    expect(reply.body['outputs']).toMatchObject([{ data: [4] }]);
    const registry = createFileProcessRegistry({
      folder: `${zone.folder}/processes`,
      identity: createSystemProcessIdentity(),
      clock: createSystemClock(),
    });
    const record = await registry.find('serve-a');
    expect(record).toMatchObject({ pid: node.pid, details: { port: node.port, build: 'test' } });
    expect(await node.terminate()).toBe(0);
    expect(await registry.find('serve-a')).toBeNull();
  });

  it('meets an entity with the same version on every node and after a restart', async () => {
    const [first, second] = await Promise.all([start('serve-b'), start('serve-c')]);
    const entities = Array.from({ length: 60 }, (_, index) => `c-${index}`);
    const before = await Promise.all(entities.map((entity) => assign(first, entity)));
    expect(new Set(before)).toEqual(new Set([champion, canary]));
    expect(await Promise.all(entities.map((entity) => assign(second, entity)))).toEqual(before);
    await first.terminate();
    const again = await start('serve-b');
    expect(await Promise.all(entities.map((entity) => assign(again, entity)))).toEqual(before);
  });

  it('is alive and not ready without routes', async () => {
    const node = await zone.startNode('serve-d', null);
    started.push(node);
    expect(await ask(node.port, '/v2/health/live')).toMatchObject({
      status: 200,
      body: { live: true, ready: false },
    });
    expect(await ask(node.port, '/v2/health/ready')).toMatchObject({
      status: 503,
      body: { error: 'P823 the node has no routes yet' },
      headers: { 'retry-after': '1' },
    });
  });

  it('finishes an answer in progress when it is asked to end', async () => {
    const node = await start('serve-e');
    const outgoing = httpRequest({
      host: '127.0.0.1',
      port: node.port,
      path: `/v2/models/${MODEL}/infer`,
      method: 'POST',
    });
    const answered = new Promise<number>((resolve, reject) => {
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => resolve(incoming.resume().statusCode ?? 0));
    });
    const text = JSON.stringify(toInfer([[1, 2]]));
    outgoing.write(text.slice(0, 10));
    // Its head has arrived once the next request on another connection is answered.
    expect((await ask(node.port, '/v2/health/live')).status).toBe(200);
    const ended = node.terminate();
    outgoing.end(text.slice(10));
    expect(await answered).toBe(200);
    expect(await ended).toBe(0);
  });

  it('refuses to listen where others can reach it', async () => {
    const open = await createServingZone({ host: '0.0.0.0' });
    await expect(open.startNode('serve-f', null)).rejects.toThrow('P601');
    await open.remove();
  });
});
