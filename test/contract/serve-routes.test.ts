import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';
import { makeContract, makeManifest, makeSumModel } from '../support/onnx-models.ts';
import {
  ask,
  createTestModels,
  ENDPOINT,
  MODEL,
  MODEL_PROCESS,
  makeRoute,
  makeTable,
  POOLED,
  startTestNode,
  type TestModels,
  type TestNode,
  toInfer,
} from '../support/serve-node.ts';

const PATH = `/v2/models/${MODEL}/infer`;
const MISSING = `sha256:${'0'.repeat(64)}`;

let models: TestModels;
let node: TestNode;
let one = '';
let two = '';

async function publish(add: number): Promise<string> {
  const model = makeSumModel({ features: 1, add });
  return models.publish(model, makeManifest({ model, contract: makeContract(['amount']) }));
}

const whole = (version: string) => makeRoute({ versions: [{ version, percent: 100 }] });
const score = async () => {
  const { status, body } = await ask(node.port, PATH, toInfer([[0]]));
  return status === 200 ? body['outputs']?.[0]?.['data']?.[0] : status;
};

beforeEach(async () => {
  models = await createTestModels();
  [one, two] = await Promise.all([publish(1), publish(2)]);
});

afterEach(async () => {
  await node.end();
  await models.remove();
});

const start = async (pooled = false) => {
  const settings = { process: MODEL_PROCESS, poolSize: 1, inlineBelow: POOLED };
  node = await startTestNode({
    artifacts: models.artifacts,
    ...(pooled ? { models: settings } : {}),
  });
};

describe('the routes of a node', () => {
  it('come into force as a whole, and say what is loaded', async () => {
    await start();
    expect(await score()).toBe(404);
    expect(await node.node.apply(makeTable(1, [makeRoute()]))).toEqual({ loaded: [], failed: [] });
    expect(await score()).toBe(503);
    expect(await node.node.apply(makeTable(2, [whole(one)]))).toEqual({
      loaded: [one],
      failed: [],
    });
    expect(await score()).toBe(1);
    expect(await node.node.apply(makeTable(3, [whole(two)]))).toEqual({
      loaded: [two],
      failed: [],
    });
    expect(await score()).toBe(2);
    expect((await ask(node.port, `/v2/models/${MODEL}/versions/${one}`)).status).toBe(404);
    await node.node.apply(makeTable(4, []));
    expect(await score()).toBe(404);
  });

  it('keep the versions of before where a new one cannot be loaded', async () => {
    await start();
    await node.node.apply(makeTable(1, [whole(one)]));
    const failed = await node.node.apply(makeTable(2, [whole(MISSING)]));
    expect(failed).toEqual({
      loaded: [],
      failed: [
        {
          version: MISSING,
          why: 'P806 there is no such version in the artifact store of this zone',
        },
      ],
    });
    expect(await score()).toBe(1);
    const halves = [
      { version: two, percent: 50 },
      { version: MISSING, percent: 50 },
    ];
    const applied = await node.node.apply(makeTable(3, [makeRoute({ versions: halves })]));
    expect(applied.failed.map(({ version }) => version)).toEqual([MISSING]);
    expect(await score()).toBe(1);
  });

  it('give the share of a version that cannot be loaded to the others of a first table', async () => {
    await start();
    const halves = [
      { version: MISSING, percent: 50 },
      { version: one, percent: 50 },
    ];
    await node.node.apply(makeTable(1, [makeRoute({ versions: halves })]));
    const scores = await Promise.all(Array.from({ length: 20 }, score));
    expect(new Set(scores)).toEqual(new Set([1]));
  });

  it('take a version in later that could not be loaded at first', async () => {
    await start();
    const stored = models.versions.get(two);
    models.versions.delete(two);
    const table = makeTable(1, [whole(two)]);
    expect((await node.node.apply(table)).loaded).toEqual([]);
    expect(await score()).toBe(503);
    if (stored !== undefined) models.versions.set(two, stored);
    expect((await node.node.apply(table)).loaded).toEqual([two]);
    expect(await score()).toBe(2);
  });

  it('tell whoever asks which version does not load and why, and the log once until that changes', async () => {
    await start();
    const stored = models.versions.get(two);
    const table = makeTable(1, [whole(MISSING), makeRoute({ endpoint: 'payments/waiting' })]);
    const logged = () =>
      node.log
        .lines()
        .map((line) => JSON.parse(line))
        .filter(({ event }) => event === 'version-not-loaded')
        .map(({ fields }) => fields.version);
    for (let attempt = 0; attempt < 3; attempt += 1) await node.node.apply(table);
    expect(logged()).toEqual([MISSING]);
    const why = 'P806 there is no such version in the artifact store of this zone';
    const error = `P823 '${MODEL}' has a release, and cannot load it: ${MISSING.slice(0, 19)}: ${why}`;
    const entities = { customer_id: 'c-1' };
    for (const reply of [
      await ask(node.port, PATH, toInfer([[0]])),
      await ask(node.port, `/v1/endpoints/${ENDPOINT}/predict`, { entities }),
      await ask(node.port, `/v2/models/${MODEL}/ready`),
    ]) {
      expect(reply).toMatchObject({ status: 503, body: { error } });
    }
    const index = await ask(node.port, '/v2/repository/index', {});
    expect(JSON.stringify(index.body)).toContain(`it could not be loaded: ${why}`);
    models.versions.delete(two);
    await node.node.apply(makeTable(2, [whole(two)]));
    await node.node.apply(makeTable(2, [whole(two)]));
    if (stored !== undefined) models.versions.set(two, stored);
    await node.node.apply(makeTable(2, [whole(two)]));
    await node.node.apply(makeTable(3, [whole(MISSING)]));
    expect(logged()).toEqual([MISSING, two, MISSING]);
  });

  it('keep to themselves where a file lies', async () => {
    models = {
      ...models,
      artifacts: {
        find: () => Promise.reject(new CodedError('P806', '/secret/place names no record')),
      },
    };
    await start();
    await node.node.apply(makeTable(1, [whole(one)]));
    const { body } = await ask(node.port, PATH, toInfer([[0]]));
    expect(body['error']).toContain('P806 artifact store failed');
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(node.log.lines().join()).toContain('/secret/place');
  });

  it.each([false, true])('change without a failed request (in processes: %s)', async (pooled) => {
    await start(pooled);
    await node.node.apply(makeTable(1, [whole(one)]));
    let isOver = false;
    const seen = new Map<unknown, number>();
    const clients = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        const answer = await score();
        seen.set(answer, (seen.get(answer) ?? 0) + 1);
      }
    });
    for (let revision = 2; revision < 6; revision += 1) {
      await node.node.apply(makeTable(revision, [whole(revision % 2 === 0 ? two : one)]));
    }
    isOver = true;
    await Promise.all(clients);
    expect([...seen.keys()].sort()).toEqual([1, 2]);
    const counted = node.node.takeDelta();
    const total = [...seen.values()].reduce((sum, count) => sum + count, 0);
    expect(counted.reduce((sum, { requests }) => sum + requests, 0)).toBe(total);
    for (const { version, routeRevision } of counted) {
      expect(version).toBe(routeRevision % 2 === 0 ? two : one);
    }
  });

  it('share entities out by their percents, and the same entity always the same way', async () => {
    await start();
    const versions = [
      { version: one, percent: 90 },
      { version: two, percent: 10 },
    ];
    await node.node.apply(makeTable(1, [makeRoute({ versions })]));
    const askFor = async (index: number) => {
      const body = toInfer([[0]], { parameters: { entity_key: `c-${index}` } });
      return String((await ask(node.port, PATH, body)).body['model_version']);
    };
    const entities = Array.from({ length: 1_000 }, (_, index) => index);
    const first: string[] = [];
    for (const entity of entities) first.push(await askFor(entity));
    const onTwo = first.filter((version) => version === two).length;
    // Four standard deviations; the key of the endpoint is fixed, so this never changes.
    expect(Math.abs(onTwo - 100)).toBeLessThan(4 * Math.sqrt(1_000 * 0.1 * 0.9));
    const again = await Promise.all(entities.slice(0, 200).map(askFor));
    expect(again).toEqual(first.slice(0, 200));
    const byId = (id: string) => ask(node.port, PATH, toInfer([[0]], { id }));
    const ids = await Promise.all([...'aaaaaaaa'].map(byId));
    expect(new Set(ids.map(({ body }) => body['model_version'])).size).toBe(1);
  });
});

describe('what a node counts', () => {
  it('is what was answered, in the cells of the reference', async () => {
    await start();
    await node.node.apply(
      makeTable(7, [makeRoute({ threshold: 2, versions: [{ version: one, percent: 100 }] })]),
    );
    await ask(node.port, PATH, toInfer([[1], [-3], [null]]));
    await ask(node.port, PATH, toInfer([[-1]]));
    expect((await ask(node.port, PATH, toInfer([[0, 0]]))).status).toBe(400);
    const [entry, ...others] = node.node.takeDelta();
    expect(others).toEqual([]);
    // The answer for a missing value is no number: that request is an error, and no row of it counts.
    expect(entry).toMatchObject({
      endpoint: ENDPOINT,
      version: one,
      routeRevision: 7,
      requests: 2,
      errors: 1,
      rows: 1,
      positives: 0,
      features: [{ counts: [1, 0], null: 0, nonFinite: 0 }],
      score: [1, 0],
    });
    expect(entry?.latency.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(node.node.takeDelta()).toEqual([]);
  });
});
