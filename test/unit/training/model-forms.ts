import { type NormalForm, toNormalForm } from '../../../reconciler/core/contracts/normal-form.ts';
import type { ModelSpec } from '../../../reconciler/core/spec/generated/model.generated.ts';

const SPEC: ModelSpec = {
  task: 'binary-classification',
  label: { source: 'labelled-transactions', column: 'is_fraud', maturity: '14d' },
  features: [{ view: 'customer-activity', names: ['tx_count_1d', 'amount_mean_30d'] }],
  requestFeatures: [
    { name: 'amount', column: 'amount' },
    { name: 'channel', column: 'channel', categories: ['chip', 'online'] },
  ],
  training: {
    trainer: 'lightgbm',
    parameters: { num_leaves: 31, learning_rate: 0.1 },
    window: { asOf: '2026-06-01T00:00:00Z', length: '200d' },
    split: { validation: '21d', test: '30d' },
    target: 'ae-laptop',
    pool: 'cpu',
    seed: 7,
    maxRuntime: '1h',
    retries: 2,
  },
  evaluation: { slices: ['customer_group'] },
  gates: [{ metric: 'auc', minimum: 0.8 }],
};

/** A model as its normal form has it, with some of its fields changed. */
export function modelForm(change: Partial<ModelSpec> = {}, name = 'fraud'): NormalForm {
  const ref = { kind: 'Model', namespace: 'payments', name };
  return toNormalForm(ref, { ...SPEC, ...change });
}

export function trainingOf(change: Partial<ModelSpec['training']>): Pick<ModelSpec, 'training'> {
  return { training: { ...SPEC.training, ...change } };
}
