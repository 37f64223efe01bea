import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeContract,
  makeManifest,
  makeSigmoidModel,
  makeSumModel,
} from '../support/onnx-models.ts';
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

let models: TestModels;
let inline: TestNode;
let pooled: TestNode;
let version = '';
let other = '';

beforeAll(async () => {
  models = await createTestModels();
  const sum = makeSumModel({ features: 2, add: 1 });
  version = await models.publish(sum, makeManifest({ model: sum, contract: CONTRACT }));
  const sigmoid = makeSigmoidModel({ weights: [0, 0], bias: 0 });
  other = await models.publish(sigmoid, makeManifest({ model: sigmoid, contract: CONTRACT }));
  inline = await startTestNode({ artifacts: models.artifacts });
  pooled = await startTestNode({
    artifacts: models.artifacts,
    models: { process: MODEL_PROCESS, poolSize: 2, inlineBelow: POOLED },
  });
  const table = makeTable(3, [
    makeRoute({
      versions: [
        { version, percent: 100 },
        { version: other, percent: 0 },
      ],
    }),
    makeRoute({ endpoint: 'payments/waiting' }),
  ]);
  for (const { node } of [inline, pooled]) {
    expect(await node.apply(table)).toEqual({ loaded: [version, other].sort(), failed: [] });
  }
});

afterAll(async () => {
  await inline.end();
  await pooled.end();
  await models.remove();
});

describe.each(['inline', 'pooled'])('a node with %s models', (placement) => {
  const port = () => (placement === 'inline' ? inline : pooled).port;

  it('answers as computed by hand, with the version that answered', async () => {
    const reply = await ask(
      port(),
      `${WHERE}/infer`,
      toInfer(
        [
          [1.5, 2],
          [-4, 0.25],
        ],
        { id: 'r1' },
      ),
    );
    expect(reply).toMatchObject({ status: 200 });
    expect(reply.body).toEqual({
      model_name: MODEL,
      model_version: version,
      id: 'r1',
      outputs: [{ name: 'score', shape: [2, 1], datatype: 'FP32', data: [4.5, -2.75] }],
    });
  });
});
