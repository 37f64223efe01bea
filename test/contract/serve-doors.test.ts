import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryOnlineFeatures } from '../../reconciler/adapters/online-features/memory/online-features.ts';
import { createMemoryOnlineTables } from '../../reconciler/adapters/online-features/memory/tables.ts';
import type { FeatureContract } from '../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import { toDefinitionDigest } from '../../reconciler/core/features/contract.ts';
import type { ViewDefinition } from '../../reconciler/core/features/view-definition.ts';
import { makeManifest, makeSumModel } from '../support/onnx-models.ts';
import {
  ask,
  createTestModels,
  makeRoute,
  makeTable,
  startTestNode,
  type TestModels,
  type TestNode,
  toInfer,
} from '../support/serve-node.ts';

let models: TestModels;
let node: TestNode;

/** The keys are declared in an order that is not that of their names. */
function toView(name: string, keys: readonly string[]): ViewDefinition {
  return {
    v: 1,
    view: `payments/${name}`,
    source: 'payments/transactions',
    keys: keys.map((key) => ({ name: key, type: 'string' })),
    eventTime: 'at',
    availability: { eventTime: true },
    timeToLiveSeconds: 3600,
    features: [
      { name: 'spent', kind: 'aggregate', function: 'sum', column: 'amount', windowSeconds: 60 },
    ],
  };
}

const VIEWS = [toView('single', ['customer_id']), toView('pair', ['shop_id', 'customer_id'])];

function toContract(view: ViewDefinition): FeatureContract {
  const keys = view.keys.map(({ name }) => name);
  const definitionDigest = toDefinitionDigest(view);
  return {
    v: 1,
    views: [{ view: view.view, definitionDigest, keys, timeToLiveSeconds: 3600 }],
    features: [{ name: 'spent', view: view.view, kind: 'number', categories: [] }],
  };
}

/** An endpoint of the view's name, with two versions that share its requests equally. */
async function toHalves(view: ViewDefinition) {
  const publish = (add: number) => {
    const model = makeSumModel({ features: 1, add });
    return models.publish(model, makeManifest({ model, contract: toContract(view) }));
  };
  const versions = [
    { version: await publish(1), percent: 50 },
    { version: await publish(2), percent: 50 },
  ];
  return makeRoute({ endpoint: view.view, versions });
}

beforeAll(async () => {
  models = await createTestModels();
  const tables = createMemoryOnlineTables();
  for (const definition of VIEWS) {
    const definitionDigest = toDefinitionDigest(definition);
    const place = { view: definition.view, definitionDigest, snapshotDigest: '', asOf: '' };
    tables.definitions.set(definitionDigest, definition);
    tables.views.set(definitionDigest, {
      state: { ...place, rows: 0, sequence: 1 },
      rows: new Map(),
    });
  }
  const onlineFeatures = createMemoryOnlineFeatures({ tables, readRows: async () => [] });
  node = await startTestNode({ artifacts: models.artifacts, onlineFeatures });
  const table = makeTable(1, await Promise.all(VIEWS.map(toHalves)));
  expect((await node.node.apply(table)).failed).toEqual([]);
});

afterAll(async () => {
  await node.end();
  await models.remove();
});

async function predict(endpoint: string, entities: object): Promise<string> {
  const { body } = await ask(node.port, `/v1/endpoints/payments/${endpoint}/predict`, { entities });
  return String(body['version']);
}

async function infer(endpoint: string, more: object): Promise<string> {
  const body = toInfer([[0]], more);
  const reply = await ask(node.port, `/v2/models/payments.${endpoint}/infer`, body);
  return String(reply.body['model_version']);
}

const inferFor = (endpoint: string, key: unknown) =>
  infer(endpoint, { parameters: { entity_key: key } });

const NUMBERS = Array.from({ length: 40 }, (_, index) => index);

describe('the version that an entity meets', () => {
  it('is the same by entity and by the protocol, for one key', async () => {
    const met = new Set<string>();
    for (const number of NUMBERS) {
      const customer = `c-${number}`;
      const version = await predict('single', { customer_id: customer });
      expect(await inferFor('single', customer)).toBe(version);
      expect(await inferFor('single', [customer])).toBe(version);
      expect(await infer('single', { id: customer })).toBe(version);
      met.add(version);
    }
    expect(met.size).toBe(2);
  });

  it('is the same for a number and for its digits', async () => {
    for (const number of NUMBERS) {
      const versions = [
        await predict('single', { customer_id: number }),
        await predict('single', { customer_id: String(number) }),
        await inferFor('single', number),
        await inferFor('single', String(number)),
      ];
      expect(new Set(versions).size).toBe(1);
    }
  });

  it('takes several keys in the order of their names', async () => {
    const met = new Set<string>();
    for (const number of NUMBERS) {
      const version = await predict('pair', { shop_id: number, customer_id: `c-${number}` });
      expect(await inferFor('pair', [`c-${number}`, String(number)])).toBe(version);
      met.add(version);
    }
    expect(met.size).toBe(2);
  });

  it('is the same for a text that looks like a list', async () => {
    for (const number of NUMBERS) {
      const odd = `["c-${number}"]`;
      expect(await inferFor('single', odd)).toBe(await predict('single', { customer_id: odd }));
    }
  });
});
