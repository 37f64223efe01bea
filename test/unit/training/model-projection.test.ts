import { describe, expect, it } from 'vitest';
import {
  toModelDigest,
  toModelProjection,
} from '../../../reconciler/core/training/model-projection.ts';
import { modelForm, trainingOf } from './model-forms.ts';

const DIGEST = toModelDigest(modelForm());

describe('the digest of what a run depends on', () => {
  it('is the one it has always been', () => {
    expect(DIGEST).toBe('sha256:cc08312561879d7d1e64deadfa923e5e2f0fae4a558ce5605ec2c24e692f7ffd');
  });

  it.each([
    ['a gate', { gates: [] }],
    ['where it trains', trainingOf({ target: 'other', pool: 'gpu' })],
    ['how long it may take', trainingOf({ maxRuntime: '2h', retries: 0 })],
    [
      'how a duration is written',
      trainingOf({ window: { asOf: '2026-06-01T00:00:00Z', length: '4800h' } }),
    ],
  ])('stays when %s changes', (_what, change) => {
    expect(toModelDigest(modelForm(change))).toBe(DIGEST);
  });

  it.each([
    ['a parameter', trainingOf({ parameters: { num_leaves: 63, learning_rate: 0.1 } })],
    ['the seed', trainingOf({ seed: 8 })],
    [
      'the end of the window',
      trainingOf({ window: { asOf: '2026-06-02T00:00:00Z', length: '200d' } }),
    ],
    ['the trainer', trainingOf({ trainer: 'another' })],
    [
      'the order of features',
      { features: [{ view: 'customer-activity', names: ['amount_mean_30d', 'tx_count_1d'] }] },
    ],
    [
      'a category',
      { requestFeatures: [{ name: 'channel', column: 'channel', categories: ['online'] }] },
    ],
    ['what is measured', { evaluation: { slices: [] } }],
  ])('changes with %s', (_what, change) => {
    expect(toModelDigest(modelForm(change))).not.toBe(DIGEST);
  });

  it('is of one model alone', () => {
    expect(toModelDigest(modelForm({}, 'churn'))).not.toBe(DIGEST);
  });

  it('leaves out what is at its default, so that later fields change nothing', () => {
    const bare = modelForm({
      ...trainingOf({ parameters: {}, seed: 0 }),
      requestFeatures: [],
      evaluation: { slices: [] },
    });
    const names = Object.keys(toModelProjection(bare));
    expect(names).not.toContain('seed');
    expect(names).not.toContain('parameters');
    expect(names).not.toContain('requestFeatures');
    expect(names).not.toContain('slices');
  });
});
