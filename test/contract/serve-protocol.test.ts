import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeContract,
  makeManifest,
  makeNanModel,
  makeSigmoidModel,
  makeSumModel,
} from '../support/onnx-models.ts';
import { makePickyModel } from '../support/serve-models.ts';
import {
  ask,
  createTestModels,
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

const CONTRACT = makeContract(['amount', 'age']);
const WHERE = `/v2/models/${MODEL}`;
const UNKNOWN = `sha256:${'0'.repeat(64)}`;

let models: TestModels;
let inline: TestNode;
let pooled: TestNode;
let version = '';
let other = '';

const whole = (endpoint: string, served: string) =>
  makeRoute({ endpoint, versions: [{ version: served, percent: 100 }] });

beforeAll(async () => {
  models = await createTestModels();
  const publish = (model: Uint8Array) =>
    models.publish(model, makeManifest({ model, contract: CONTRACT }));
  version = await publish(makeSumModel({ features: 2, add: 1 }));
  other = await publish(makeSigmoidModel({ weights: [0, 0], bias: 0 }));
  const picky = await publish(makePickyModel(2));
  const nan = await publish(makeNanModel({ features: 2 }));
  inline = await startTestNode({ artifacts: models.artifacts });
  pooled = await startTestNode({
    artifacts: models.artifacts,
    models: { process: MODEL_PROCESS, poolSize: 2, inlineBelow: POOLED },
  });
  const shares = [
    { version, percent: 100 },
    { version: other, percent: 0 },
  ];
  const table = makeTable(3, [
    makeRoute({ versions: shares }),
    whole('payments/nan', nan),
    whole('payments/picky', picky),
    makeRoute({ endpoint: 'payments/waiting' }),
  ]);
  for (const { node } of [inline, pooled]) {
    expect((await node.apply(table)).failed).toEqual([]);
  }
});

afterAll(async () => {
  await inline.end();
  await pooled.end();
  await models.remove();
});

describe.each(['inline', 'pooled'])('a node with %s models', (placement) => {
  const port = () => (placement === 'inline' ? inline : pooled).port;
  const infer = (body: unknown, where = WHERE) => ask(port(), `${where}/infer`, body);

  it('answers as computed by hand, with the version that answered', async () => {
    const rows = [
      [1.5, 2],
      [-4, 0.25],
    ];
    const reply = await infer(toInfer(rows, { id: 'r1' }));
    expect(reply).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(reply.body).toEqual({
      model_name: MODEL,
      model_version: version,
      id: 'r1',
      outputs: [{ name: 'score', shape: [2, 1], datatype: 'FP32', data: [4.5, -2.75] }],
    });
  });

  it('answers the same for nested data, an encoded name and a version in the path', async () => {
    const flat = await infer(toInfer([[1, 2]]));
    const input = { name: 'features', shape: [1, 2], datatype: 'FP32', data: [[1, 2]] };
    const nested = { inputs: [input], outputs: [{ name: 'score' }] };
    const places = [WHERE, '/v2/models/payments%2Efraud', `${WHERE}/versions/${version}`];
    for (const where of places) {
      const reply = await infer(nested, where);
      expect([where, reply.status, reply.body]).toEqual([where, 200, flat.body]);
    }
  });

  it('answers with the version that is asked for, also when it has no share', async () => {
    const reply = await infer(toInfer([[3, 4]]), `${WHERE}/versions/${other}`);
    expect(reply.body).toMatchObject({ model_version: other, outputs: [{ data: [0.5] }] });
  });

  it('takes null for a missing value', async () => {
    const reply = await infer(toInfer([[null, 4]]), `${WHERE}/versions/${other}`);
    expect(reply.body).toMatchObject({ outputs: [{ data: [0.5] }] });
  });

  it.each([
    ['a body that is no JSON', '{"inputs":', 'P821 the body is no JSON'],
    [
      'another datatype',
      { inputs: [{ name: 'features', shape: [1, 2], datatype: 'INT64', data: [1, 2] }] },
      "P821 input 'features' has datatype INT64 where the model takes FP32",
    ],
    [
      'another shape',
      toInfer([[1, 2, 3]]),
      "P821 input 'features' has shape [1,3] where the model takes [-1,2]",
    ],
    [
      'more rows than allowed',
      toInfer(Array(65).fill([1, 2])),
      'P821 the request has 65 rows: send at most 64 at once',
    ],
  ])('refuses %s', async (_, body, error) => {
    expect(await infer(body)).toMatchObject({ status: 400, body: { error } });
  });

  it('knows what it does not have', async () => {
    const nowhere = await infer(toInfer([[1, 2]]), '/v2/models/nobody');
    expect(nowhere.status).toBe(404);
    expect(nowhere.body).toEqual({
      error: "P822 Request for unknown model: 'nobody' is not found",
    });
    for (const path of [`${WHERE}/versions/${UNKNOWN}`, `${WHERE}/versions/${UNKNOWN}/ready`]) {
      expect((await ask(port(), path)).status).toBe(404);
    }
    expect((await infer(toInfer([[1, 2]]), `${WHERE}/versions/${UNKNOWN}`)).status).toBe(404);
  });

  it('says that an endpoint without a version awaits one', async () => {
    const where = '/v2/models/payments.waiting';
    for (const reply of [
      await infer(toInfer([[1, 2]]), where),
      await ask(port(), `${where}/ready`),
    ]) {
      expect(reply).toMatchObject({
        status: 503,
        headers: { 'retry-after': '1' },
        body: { error: "P823 'payments.waiting' awaits a release: it has no version yet" },
      });
    }
  });

  it('fails a request that the model fails on, and no other', async () => {
    const failing = await infer(toInfer([[7, 0]]), '/v2/models/payments.picky');
    expect(failing).toMatchObject({
      status: 500,
      body: { error: 'P825 the model failed on these rows' },
    });
    const answers = [0, 7, 1, 2, 7, 0].map((pick) =>
      infer(toInfer([[pick, 0]]), '/v2/models/payments.picky'),
    );
    const outputs = (await Promise.all(answers)).map(({ status, body }) =>
      status === 200 ? body['outputs']?.[0]?.['data'] : status,
    );
    expect(outputs).toEqual([[0.25], 500, [0.5], [0.75], 500, [0.25]]);
  });

  it('does not answer with what is no number', async () => {
    const reply = await infer(toInfer([[-1, 0]]), '/v2/models/payments.nan');
    expect(reply).toMatchObject({
      status: 500,
      body: { error: 'P825 the model answered with what is no number' },
    });
    expect((await infer(toInfer([[0, 0]]), '/v2/models/payments.nan')).status).toBe(200);
  });

  it('answers many at once as it answers each alone', async () => {
    const rows = Array.from({ length: 8 * 24 }, (_, index) => [index / 3, -index]);
    const alone: unknown[] = [];
    for (const row of rows.slice(0, 24)) alone.push((await infer(toInfer([row]))).body['outputs']);
    const together = await Promise.all(rows.map((row) => infer(toInfer([row]))));
    expect(together.slice(0, 24).map(({ body }) => body['outputs'])).toEqual(alone);
    const sums = together.map(({ body }) => body['outputs']?.[0]?.['data']?.[0]);
    expect(sums).toEqual(
      rows.map(([a = 0, b = 0]) => Math.fround(Math.fround(Math.fround(a) + b) + 1)),
    );
  });
});

describe('what a node says of itself', () => {
  const get = (path: string) => ask(inline.port, path);

  it('is alive and ready', async () => {
    for (const path of ['/v2/health/live', '/v2/health/ready', '/v2/health/ready?x=1']) {
      expect(await get(path)).toMatchObject({ status: 200, body: { live: true, ready: true } });
    }
  });

  it('keeps a connection open after an answer', async () => {
    for (const path of ['/v2/health/live', '/v2', '/v2/nowhere', WHERE]) {
      expect((await get(path)).headers['connection']).toBe('keep-alive');
    }
  });

  it('names itself and only what it can do', async () => {
    for (const path of ['/v2', '/v2/']) {
      expect((await get(path)).body).toEqual({
        name: 'plumbline',
        version: 'test',
        extensions: ['model_repository'],
      });
    }
  });

  it('describes a model and its versions', async () => {
    const tensors = {
      name: MODEL,
      platform: 'onnx_onnxv1',
      inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 2] }],
      outputs: [{ name: 'score', datatype: 'FP32', shape: [-1, 1] }],
    };
    expect((await get(WHERE)).body).toEqual({ ...tensors, versions: [version, other] });
    const one = await get(`${WHERE}/versions/${other}`);
    expect(one.body).toEqual({ ...tensors, versions: [other] });
    for (const path of [`${WHERE}/ready`, `${WHERE}/versions/${version}/ready`]) {
      expect((await get(path)).body).toEqual({ name: MODEL, ready: true });
    }
  });

  it('lists what it serves', async () => {
    const index = await ask(inline.port, '/v2/repository/index', {});
    expect(index.body).toHaveLength(5);
    expect(index.body).toContainEqual({ name: MODEL, version: other, state: 'READY', reason: '' });
    const waiting = { name: 'payments.waiting', version: '', state: 'UNAVAILABLE' };
    expect(index.body).toContainEqual({ ...waiting, reason: 'it awaits a release' });
    const ready = await ask(inline.port, '/v2/repository/index', { ready: true });
    expect(ready.body).toHaveLength(4);
    expect(await ask(inline.port, '/v2/repository/index', { ready: 1 })).toMatchObject({
      status: 400,
      body: { error: "P821 Invalid value for 'ready': expected a boolean" },
    });
  });

  it('loads and unloads nothing that Git does not say', async () => {
    const act = (model: string, verb: string) =>
      ask(inline.port, `/v2/repository/models/${model}/${verb}`, '');
    expect((await act(MODEL, 'load')).status).toBe(200);
    expect((await act('nobody', 'load')).body['error']).toContain('failed to load');
    expect((await act('nobody', 'unload')).status).toBe(200);
    expect((await act(MODEL, 'unload')).body['error']).toContain('failed to unload');
    expect((await get(`${WHERE}/ready`)).status).toBe(200);
  });

  it('answers only under its paths and by their methods', async () => {
    for (const path of [
      '/',
      '/v2/x',
      '/v2/models',
      `${WHERE}/x`,
      `${WHERE}/versions`,
      '/v2/models/%E0%A4%A',
      '/v1/endpoints/a/b',
    ]) {
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    }
    expect(await get(`${WHERE}/infer`)).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    const posted = await ask(inline.port, '/v2/health/live', {});
    expect(posted).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });
});
