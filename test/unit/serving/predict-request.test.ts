import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { FeatureContract } from '../../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import {
  type EntityValue,
  toAssignmentText,
} from '../../../reconciler/core/serving/assignment-text.ts';
import {
  createPredictCheck,
  parsePredictRequest,
  toAssignedValues,
} from '../../../reconciler/core/serving/predict-request.ts';

const CONTRACT: FeatureContract = {
  v: 1,
  views: [
    {
      view: 'payments/customer',
      definitionDigest: `sha256:${'1'.repeat(64)}`,
      keys: ['customer_id'],
      timeToLiveSeconds: null,
    },
    {
      view: 'payments/pair',
      definitionDigest: `sha256:${'2'.repeat(64)}`,
      keys: ['shop_id', 'customer_id'],
      timeToLiveSeconds: null,
    },
  ],
  features: [
    { name: 'spent', view: 'payments/customer', kind: 'number', categories: [] },
    { name: 'amount', view: null, kind: 'number', categories: [] },
  ],
};

function refusal(body: unknown): string {
  try {
    createPredictCheck(CONTRACT).check(parsePredictRequest(body));
  } catch (error) {
    if (isCodedError(error, 'P821')) return error.message;
    throw error;
  }
  throw new Error('it was not refused');
}

const ENTITIES = { customer_id: 'c-1', shop_id: 7 };

describe('a request by entity', () => {
  it('has one key for each view, in the order of its join keys', () => {
    const request = parsePredictRequest({ entities: ENTITIES, features: { amount: 3 } });
    const { check, toKeys } = createPredictCheck(CONTRACT);
    check(request);
    expect(toKeys(request.entities)).toEqual(['["c-1"]', '["7","c-1"]']);
  });

  it('is assigned by all of its entity, in whatever order that is written', () => {
    const toText = (entities: Readonly<Record<string, EntityValue>>) =>
      toAssignmentText(toAssignedValues(entities) ?? []);
    expect(toText({ a: '1', b: 2 })).toBe(toText({ b: '2', a: 1 }));
    expect(toText({ a: '1', b: '12' })).not.toBe(toText({ a: '11', b: '2' }));
    expect(toAssignedValues({})).toBeNull();
  });

  it.each([
    ['no object', null, 'the body is no JSON object'],
    ['something else beside', { entities: ENTITIES, rows: [] }, 'nothing else'],
    ['a key left out', { entities: { customer_id: 'c-1' } }, 'entities.shop_id is missing'],
    [
      'a key that is null',
      { entities: { ...ENTITIES, shop_id: null } },
      'entities.shop_id is no text',
    ],
    [
      'a key that is broken',
      { entities: { ...ENTITIES, shop_id: 1.5 } },
      'entities.shop_id is no text',
    ],
    ['a very long key', { entities: { ...ENTITIES, shop_id: 'x'.repeat(2000) } }, 'is no text'],
    [
      'a key with half a character',
      { entities: { ...ENTITIES, shop_id: 'x\ud800' } },
      'entities.shop_id is no text',
    ],
    ['an unknown entity', { entities: { ...ENTITIES, card: 'x' } }, 'entities.card is not what'],
    [
      'a feature of a view',
      { entities: ENTITIES, features: { spent: 1 } },
      'features.spent is not what the model takes, which is amount',
    ],
    [
      'a key of the prototype',
      { entities: ENTITIES, features: { toString: 1 } },
      'features.toString is not',
    ],
    ['entities in a list', { entities: [] }, 'entities are no object'],
    ['features as text', { entities: ENTITIES, features: 'x' }, 'features are no object'],
  ])('is refused for %s', (_, body, why) => {
    expect(refusal(body)).toContain(why);
  });

  it('takes any text that is one, and keeps it out of the way of others', () => {
    const { toKeys } = createPredictCheck(CONTRACT);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (customer) => {
        const entities = { customer_id: customer, shop_id: 1 };
        const [key] = toKeys(parsePredictRequest({ entities }).entities);
        expect(JSON.parse(key ?? '')).toEqual([customer]);
        // A database refuses the whole statement over one such character.
        expect(key).not.toContain('\u0000');
      }),
    );
  });

  it('repeats no name that could be anything', () => {
    expect(refusal({ entities: { ...ENTITIES, '<b>': 'x' } })).toContain('entities.… is not');
  });
});
