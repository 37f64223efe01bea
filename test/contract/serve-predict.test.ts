import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryOnlineFeatures } from '../../reconciler/adapters/online-features/memory/online-features.ts';
import { createMemoryOnlineTables } from '../../reconciler/adapters/online-features/memory/tables.ts';
import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { FeatureContract } from '../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import type { EndpointRoute } from '../../reconciler/core/contracts/generated/route-table.generated.ts';
import { toDefinitionDigest } from '../../reconciler/core/features/contract.ts';
import type { ViewDefinition } from '../../reconciler/core/features/view-definition.ts';
import type { OnlineFeatureReader } from '../../reconciler/ports/online-features.ts';
import { createLateOnlineFeatures } from '../../runners/serve/features/late-online-features.ts';
import { makeManifest, makeSigmoidModel } from '../support/onnx-models.ts';
import {
  ask,
  createTestModels,
  ENDPOINT,
  makeRoute,
  makeTable,
  startTestNode,
  type TestModels,
  type TestNode,
} from '../support/serve-node.ts';

const PATH = '/v1/endpoints/payments/fraud/predict';

const CUSTOMER: ViewDefinition = {
  v: 1,
  view: 'payments/customer',
  source: 'payments/transactions',
  keys: [{ name: 'customer_id', type: 'string' }],
  eventTime: 'at',
  availability: { eventTime: true },
  timeToLiveSeconds: 3600,
  features: [
    { name: 'age', kind: 'latest', column: 'age', categories: null },
    { name: 'spent', kind: 'aggregate', function: 'sum', column: 'amount', windowSeconds: 60 },
  ],
};

/** The order of the model is not that of the view. */
const CONTRACT: FeatureContract = {
  v: 1,
  views: [
    {
      view: CUSTOMER.view,
      definitionDigest: toDefinitionDigest(CUSTOMER),
      keys: ['customer_id'],
      timeToLiveSeconds: 3600,
    },
  ],
  features: [
    { name: 'spent', view: CUSTOMER.view, kind: 'number', categories: [] },
    { name: 'amount', view: null, kind: 'number', categories: [] },
    { name: 'category', view: null, kind: 'category', categories: ['food', 'travel'] },
    { name: 'age', view: CUSTOMER.view, kind: 'number', categories: [] },
  ],
};

const WAITING = makeRoute({ endpoint: 'payments/waiting' });

const NOT_MADE = expect.stringMatching(
  /^P823 the online features of payments\/customer, .* are not in the store/,
);

const sigmoid = (logit: number) => Math.fround(1 / (1 + Math.exp(-logit)));

let models: TestModels;
let node: TestNode;
let version = '';
let isAway = false;
let isMaterialised = true;

beforeAll(async () => {
  models = await createTestModels();
  const model = makeSigmoidModel({ weights: [1, 10, 100, 1000], bias: -1234 });
  version = await models.publish(model, makeManifest({ model, contract: CONTRACT }));
  node = await startTestNode({ artifacts: models.artifacts, onlineFeatures: createReader() });
  const versions = [{ version, percent: 100 }];
  await node.node.apply(makeTable(1, [makeRoute({ versions }), WAITING]));
});

afterAll(async () => {
  await node.end();
  await models.remove();
});

beforeEach(() => {
  isAway = false;
  isMaterialised = true;
});

/** Two customers, one of them not seen for a day; a store that can be away. */
function createReader(): OnlineFeatureReader {
  const tables = createMemoryOnlineTables();
  const now = Date.now();
  const rows = new Map([
    ['["c-1"]', { values: [1, 4], eventTime: now - 1_000 }],
    ['["c-old"]', { values: [1, 4], eventTime: now - 24 * 3_600_000 }],
    ['["c-null"]', { values: [null, 4], eventTime: now - 1_000 }],
  ]);
  const definitionDigest = toDefinitionDigest(CUSTOMER);
  const state = { view: CUSTOMER.view, definitionDigest, snapshotDigest: '', asOf: '' };
  tables.definitions.set(definitionDigest, CUSTOMER);
  tables.views.set(definitionDigest, { state: { ...state, rows: 3, sequence: 1 }, rows });
  const store = createMemoryOnlineFeatures({ tables, readRows: async () => [] });
  const unlessAway = <Result>(read: () => Promise<Result>): Promise<Result> =>
    isAway ? Promise.reject(new CodedError('P401', 'the store is at /secret/place')) : read();
  return {
    read: (keys) =>
      unlessAway(async () => (isMaterialised ? store.read(keys) : keys.map(() => 'not-made'))),
    readDefinition: (digest) =>
      unlessAway(async () => (isMaterialised ? store.readDefinition(digest) : null)),
  };
}

const predict = (body: unknown) => ask(node.port, PATH, body);

describe('a prediction for an entity', () => {
  it('is refused while its view has no rows at all, and never computed from nothing', async () => {
    const body = { entities: { customer_id: 'c-1' } };
    expect((await predict(body)).status).toBe(200);
    isMaterialised = false;
    expect(await predict(body)).toMatchObject({ status: 503, body: { error: NOT_MADE } });
    isMaterialised = true;
    expect((await predict(body)).status).toBe(200);
  });

  it('comes from no version whose features are missing: the one before goes on', async () => {
    const model = makeSigmoidModel({ weights: [1, 10, 100, 1000], bias: -5 });
    const next = await models.publish(model, makeManifest({ model, contract: CONTRACT }));
    const before = makeRoute({ versions: [{ version, percent: 100 }] });
    const after = makeRoute({ versions: [{ version: next, percent: 100 }] });
    isMaterialised = false;
    const apply = (revision: number, route: EndpointRoute) =>
      node.node.apply(makeTable(revision, [route, WAITING]));
    expect(await apply(2, after)).toEqual({
      loaded: [],
      failed: [{ version: next, why: NOT_MADE }],
    });
    isMaterialised = true;
    const body = { entities: { customer_id: 'c-1' } };
    expect((await predict(body)).body).toMatchObject({ version });
    expect(await apply(2, after)).toEqual({ loaded: [next], failed: [] });
    expect((await predict(body)).body).toMatchObject({ version: next });
    isAway = true;
    expect(await apply(3, before)).toEqual({ loaded: [version], failed: [] });
    isAway = false;
    expect((await predict(body)).body).toMatchObject({ version });
  });

  it('is computed from what is stored and what the request brings', async () => {
    const reply = await predict({
      entities: { customer_id: 'c-1' },
      features: { amount: 13, category: 'travel' },
    });
    expect(reply.status).toBe(200);
    const { predictionId, score, ...rest } = reply.body as Record<string, unknown>;
    expect(predictionId).toMatch(/^[0-9a-f]{32}$/);
    // 4 + 10 × 13 + 100 × 1 + 1000 × 1 - 1234
    expect(score).toBeCloseTo(sigmoid(0), 6);
    expect(rest).toEqual({
      endpoint: ENDPOINT,
      model: ENDPOINT,
      version,
      threshold: 0.5,
      decision: true,
      features: {
        spent: { status: 'PRESENT' },
        amount: { status: 'PRESENT' },
        category: { status: 'PRESENT' },
        age: { status: 'PRESENT' },
      },
    });
    const again = await predict({ entities: { customer_id: 'c-1' } });
    expect(again.body['predictionId']).not.toBe(predictionId);
  });

  it('says of each feature whether it was there', async () => {
    const statuses = async (customer: string, features: object) => {
      const { body } = await predict({ entities: { customer_id: customer }, features });
      return Object.values<{ readonly status: string }>(body['features'] ?? {}).map(
        ({ status }) => status,
      );
    };
    const old = ['OUTSIDE_MAX_AGE', 'NULL_VALUE', 'NOT_FOUND', 'OUTSIDE_MAX_AGE'];
    expect(await statuses('c-old', { amount: null })).toEqual(old);
    // A window without rows adds up to nothing, which is known; the newest value is not.
    expect(await statuses('c-unknown', {})).toEqual([
      'PRESENT',
      'NOT_FOUND',
      'NOT_FOUND',
      'NOT_FOUND',
    ]);
    expect(await statuses('c-null', { amount: 1, category: 'x' })).toEqual([
      'PRESENT',
      'PRESENT',
      'PRESENT',
      'NULL_VALUE',
    ]);
  });

  it('is counted like any other', async () => {
    node.node.takeDelta();
    await predict({
      entities: { customer_id: 'c-null' },
      features: { amount: 1, category: 'food' },
    });
    const [entry] = node.node.takeDelta();
    expect(entry).toMatchObject({ endpoint: ENDPOINT, version, requests: 1, rows: 1 });
    expect(entry?.features.map((counts) => counts.null)).toEqual([0, 0, 0, 1]);
  });

  it.each([
    ['a missing key', { entities: {} }, 'P821 entities.customer_id is missing'],
    ['an unknown key', { entities: { customer_id: 'c', shop: 'x' } }, 'P821 entities.shop is not'],
    [
      'a feature that is looked up',
      { entities: { customer_id: 'c' }, features: { age: 3 } },
      'P821 features.age is not',
    ],
    [
      'a number as text',
      { entities: { customer_id: 'c' }, features: { amount: '3' } },
      'P821 features.amount must be a number',
    ],
    [
      'a text as number',
      { entities: { customer_id: 'c' }, features: { category: 3 } },
      'P821 features.category must be a text',
    ],
    ['no body', '', 'P821 the body is no JSON object'],
  ])('is refused for %s', async (_, body, error) => {
    const reply = await predict(body);
    expect([reply.status, reply.body['error']]).toEqual([400, expect.stringContaining(error)]);
  });

  it('is never made up while the store is away', async () => {
    isAway = true;
    const reply = await predict({ entities: { customer_id: 'c-1' } });
    expect(reply).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { error: 'P827 the store of online features does not answer' },
    });
    isAway = false;
    expect((await predict({ entities: { customer_id: 'c-1' } })).status).toBe(200);
  });

  it('is for endpoints that are there and have a version', async () => {
    const body = { entities: { customer_id: 'c-1' } };
    const nowhere = await ask(node.port, '/v1/endpoints/payments/nobody/predict', body);
    expect(nowhere.status).toBe(404);
    const waiting = await ask(node.port, '/v1/endpoints/payments/waiting/predict', body);
    expect(waiting).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  });
});

describe('a store whose place is told later', () => {
  it('is looked for at first need, again after a failure, and let go of when it has moved', async () => {
    const events: string[] = [];
    let url: string | null = null;
    let isBroken = false;
    const late = createLateOnlineFeatures({
      async readUrl() {
        events.push('asked');
        if (url === null) throw new CodedError('P811', 'nobody has said so');
        return url;
      },
      open(at) {
        events.push(`opened ${at}`);
        const read = async () => {
          if (isBroken) throw new CodedError('P401', 'it is away');
          return [];
        };
        const close = async () => void events.push(`closed ${at}`);
        return { reader: { read, readDefinition: async () => null }, close };
      },
    });
    await expect(late.read([])).rejects.toThrow('nobody has said so');
    url = 'first';
    await late.read([]);
    await late.readDefinition('sha256:');
    isBroken = true;
    await expect(late.read([])).rejects.toThrow('it is away');
    isBroken = false;
    await late.read([]);
    isBroken = true;
    await expect(late.read([])).rejects.toThrow('it is away');
    isBroken = false;
    url = 'second';
    await late.read([]);
    await late.close();
    expect(events).toEqual([
      ...['asked', 'asked', 'opened first', 'asked', 'asked'],
      ...['closed first', 'opened second', 'closed second'],
    ]);
  });
});
