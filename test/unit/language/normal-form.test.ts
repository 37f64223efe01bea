import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NormalForm } from '../../../reconciler/core/contracts/normal-form.ts';
import { ENDPOINT, MODEL, MODEL_FILES, RELEASE } from './model-repo.ts';
import { judgeSmallRepo, toDocument } from './small-repo.ts';

function formOf(text: string, name: string): NormalForm | undefined {
  const judgement = judgeSmallRepo({ 'new.yaml': text });
  expect(judgement.diagnostics).toEqual([]);
  return judgement.valid.find(({ ref }) => ref.name === name)?.form;
}

describe('the normal form', () => {
  it('of a Target fills in defaults, sorts pools by name, and leaves prose out', () => {
    const text = `
apiVersion: plumbline.dev/v1alpha1
kind: Target
metadata:
  name: new
  labels: {team: payments}
  formerly: [old]
spec:
  description: Two pools.
  zone: ae
  executor: process
  pools:
    - {name: gpu, device: gpu, slots: 1, hourlyPriceUsd: 0.640}
    - {name: cpu, device: cpu, slots: 0x4}
`;
    expect(formOf(text, 'new')).toEqual({
      apiVersion: 'plumbline.dev/v1alpha1',
      kind: 'Target',
      metadata: { name: 'new' },
      spec: {
        zone: 'ae',
        executor: 'process',
        pools: [
          { name: 'cpu', device: 'cpu', slots: 4, hourlyPriceUsd: 0 },
          { name: 'gpu', device: 'gpu', slots: 1, hourlyPriceUsd: 0.64 },
        ],
        deletionPolicy: 'Retain',
      },
    });
  });

  it('of a Platform has every rule', () => {
    const { valid } = judgeSmallRepo({});
    expect(valid.find(({ ref }) => ref.kind === 'Platform')?.form.spec).toEqual({
      deletionCapPercent: 20,
      policies: ['safety'],
      requireSignedCommits: false,
      allowedSigners: 'allowed_signers',
    });
  });

  it('of an Environment and a Namespace sorts what has no order', () => {
    const targets = '{zone: ae, targets: [laptop, b, a], promotesFrom: dev, description: x}';
    const judgement = judgeSmallRepo({
      'new.yaml': toDocument('Environment', 'new', targets),
      'a.yaml': toDocument('Target', 'a', SPEC),
      'b.yaml': toDocument('Target', 'b', SPEC),
      'n.yaml': toDocument('Namespace', 'n', '{owners: [z, É, a, Z], description: x}'),
    });
    const specs = judgement.valid
      .filter(({ ref }) => ref.name === 'new' || ref.name === 'n')
      .map(({ form }) => form.spec);
    expect(specs).toEqual([
      { zone: 'ae', targets: ['a', 'b', 'laptop'], promotesFrom: 'dev' },
      { owners: ['Z', 'a', 'z', 'É'] },
    ]);
  });

  it('of a Model keeps durations as they are written, and fills in what a neighbour says', () => {
    const form = judgeSmallRepo(MODEL_FILES).valid.find(({ ref }) => ref.kind === 'Model')?.form;
    expect(form).toMatchObject({
      metadata: { name: 'fraud', namespace: 'payments' },
      spec: {
        label: { maturity: '14d' },
        features: [{ view: 'activity', names: ['sum_7d', 'count_7d'] }],
        requestFeatures: [
          { name: 'amount', column: 'amount' },
          { name: 'way', column: 'channel', categories: ['chip', 'atm'] },
        ],
        training: { parameters: {}, seed: 0, maxRuntime: '1h', retries: 2 },
      },
    });
    const written = MODEL.replace('{name: amount}', '{name: amount, column: amount}');
    const card = `${written}  card: {owner: payments-ml}\n`;
    const other = judgeSmallRepo({ ...MODEL_FILES, 'model.yaml': card });
    expect(other.valid.find(({ ref }) => ref.kind === 'Model')?.form).toEqual(form);
  });

  it('of an Endpoint has every setting, and of a Release its versions in one order', () => {
    const versions = ['ff', '00'].map((byte) => `sha256:${byte.repeat(32)}`);
    const { valid } = judgeSmallRepo({
      ...MODEL_FILES,
      'endpoint.yaml': `${ENDPOINT}  batching: {maxBatchSize: 8}\n`,
      'release.yaml': RELEASE.replace(
        /versions: .*/,
        `versions: [${versions.map((version) => `{version: "${version}", percent: 50}`).join(', ')}]`,
      ),
    });
    const specOf = (kind: string) => valid.find(({ ref }) => ref.kind === kind)?.form.spec;
    expect(specOf('Endpoint')).toEqual({
      model: 'fraud',
      environment: 'dev',
      threshold: 0.5,
      batching: { maxBatchSize: 8, maxDelayMicroseconds: 0, maxQueueRows: 4096 },
    });
    const [last, first] = versions.map((version) => ({ version, percent: 50 }));
    expect(specOf('Release')).toEqual({ endpoint: 'fraud', versions: [first, last] });
  });

  it('is the same for every order of the pools', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const write = (order: readonly string[]) => {
      const pools = order.map((name) => `{name: ${name}, device: cpu, slots: 1}`).join(', ');
      return toDocument('Target', 'new', `{zone: ae, executor: process, pools: [${pools}]}`);
    };
    const expected = formOf(write(names), 'new');
    fc.assert(
      fc.property(fc.shuffledSubarray(names, { minLength: 5 }), (order) => {
        expect(formOf(write(order), 'new')).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps labels, former names and prose beside it', () => {
    const { valid } = judgeSmallRepo({
      'new.yaml': toDocument('Namespace', 'n', '{owners: [b, a], description: x}').replace(
        'name: n',
        'name: n\n  labels: {a/b: c}\n  formerly: [m]',
      ),
    });
    const resource = valid.find(({ ref }) => ref.name === 'n');
    expect(resource).toMatchObject({
      labels: { 'a/b': 'c' },
      formerly: ['m'],
      spec: { owners: ['b', 'a'], description: 'x' },
      location: { path: 'new.yaml', line: 1, column: 1 },
    });
    expect(resource?.positions['/spec/owners/1']).toEqual([7, 20]);
    expect(resource?.positions['/metadata/labels/a~1b']).toEqual([5, 17]);
  });
});

const SPEC = '{zone: ae, executor: process, pools: [{name: a, device: cpu, slots: 1}]}';
