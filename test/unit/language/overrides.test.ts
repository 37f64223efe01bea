import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../reconciler/core/contracts/json.ts';
import { mergePatch } from '../../../reconciler/core/spec/merge-patch.ts';
import { MODEL_FILES } from './model-repo.ts';
import { judgeSmallRepo, toDocument } from './small-repo.ts';

function judgeWith(overrides: string) {
  const spec = `{zone: ae, targets: [laptop], overrides: ${overrides}}`;
  return judgeSmallRepo({
    ...MODEL_FILES,
    'environments/dev.yaml': toDocument('Environment', 'dev', spec),
  });
}

function findEndpoint(overrides: string) {
  return judgeWith(overrides).valid.find(({ ref }) => ref.kind === 'Endpoint');
}

describe('the overrides of an environment', () => {
  it('apply in order, and the fields that they leave alone stay', () => {
    const found = findEndpoint(
      '[{kind: Endpoint, patch: {threshold: 0.6, batching: {maxBatchSize: 8}}}, {kind: Endpoint, name: fraud, patch: {threshold: 0.7}}]',
    );
    expect(found?.form.spec).toMatchObject({
      threshold: 0.7,
      model: 'fraud',
      batching: { maxBatchSize: 8, maxDelayMicroseconds: 0, maxQueueRows: 4096 },
    });
  });

  it('bring a field back to its default by null', () => {
    expect(findEndpoint('[{kind: Endpoint, patch: {threshold: null}}]')?.form.spec).toMatchObject({
      threshold: 0.5,
    });
  });

  it('pass by resources of another namespace', () => {
    const found = findEndpoint('[{kind: Endpoint, namespace: credit, patch: {threshold: 0.6}}]');
    expect(found?.form.spec).toMatchObject({ threshold: 0.5 });
  });

  it('leave the form of the environment itself as it was written', () => {
    const { valid } = judgeWith('[{kind: Endpoint, patch: {batching: {maxBatchSize: 8}}}]');
    const environment = valid.find(({ ref }) => ref.kind === 'Environment' && ref.name === 'dev');
    expect(environment?.form.spec['overrides']).toEqual([
      { kind: 'Endpoint', patch: { batching: { maxBatchSize: 8 } } },
    ]);
  });

  it('say where the mistake is, and what it would have changed', () => {
    const { diagnostics } = judgeWith('[{kind: Endpoint, patch: {threshold: 7}}]');
    expect(diagnostics[0]).toMatchObject({
      code: 'P113',
      message:
        'endpoint payments/fraud, as this override makes it: "spec.threshold" must be 1 or less, but it is 7',
      location: { path: 'environments/dev.yaml', line: 5 },
      related: [{ message: 'what is overridden', location: { path: 'endpoint.yaml' } }],
    });
  });
});

describe('a merge patch (RFC 7396)', () => {
  it.each<[Json, Json, Json]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('makes of %j with %j: %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });

  it('applied twice is applied once', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
        const once = mergePatch(target as Json, patch as Json);
        expect(mergePatch(once, patch as Json)).toEqual(once);
      }),
    );
  });
});
