import { createMemoryLedgerSigner } from '../../../reconciler/adapters/ledger-signer/memory/ledger-signer.ts';
import { APPROVAL_NAMESPACE } from '../../../reconciler/core/forge/approval-payload.ts';
import type { ForgeActor } from '../../../reconciler/ports/forge.ts';
import type { ServingOptions } from '../swarm.ts';

export const MODEL_PATH = 'models/fraud.yaml';
export const RELEASE_PATH = 'releases/live/payments.fraud.yaml';
export const SIGNERS_PATH = 'allowed_signers';

const NAMES = ['you', 'reviewer', 'plumbline'] as const;

export type ServingPerson = (typeof NAMES)[number];

export const SERVING_ACTORS = Object.fromEntries(
  NAMES.map((name) => [
    name,
    {
      signer: createMemoryLedgerSigner({ seed: name }),
      approver: createMemoryLedgerSigner({ seed: name, namespace: APPROVAL_NAMESPACE }),
    },
  ]),
) as unknown as Readonly<Record<ServingPerson, ForgeActor>>;

/** What of one model's life stands in Git as it is; its model and its release change. */
export function renderServing(options: ServingOptions): Readonly<Record<string, string>> {
  const { releaseApproval, windowSeconds } = options;
  return {
    [SIGNERS_PATH]: `${NAMES.map(toSignerLine).join('\n')}\n`,
    'targets/runner.yaml': toRule(
      'Target',
      'runner',
      '{ zone: ae, executor: process, pools: [{ name: cpu, device: cpu, slots: 1 }] }',
    ),
    'environments/live.yaml': toRule(
      'Environment',
      'live',
      `{ zone: ae, targets: [runner], releaseApproval: ${releaseApproval} }`,
    ),
    'namespaces/payments.yaml': toRule('Namespace', 'payments', '{ owners: [payments-ml] }'),
    'connections/files.yaml': toRule('Connection', 'files', '{ zone: ae, type: folder }'),
    'trainers/lightgbm.yaml': toRule('Trainer', 'lightgbm', '{ bundled: lightgbm }'),
    'entities/customer.yaml': toOwned(
      'Entity',
      'customer',
      '{ keys: [{ name: customer, type: string }] }',
    ),
    'sources/rows.yaml': toOwned('DataSource', 'rows', SOURCE),
    'views/activity.yaml': toOwned(
      'FeatureView',
      'activity',
      '{ entity: customer, source: rows, features: [{ name: count_1d, aggregate: count, window: 1d }] }',
    ),
    'endpoints/fraud.yaml': toOwned(
      'Endpoint',
      'fraud',
      '{ model: fraud, environment: live, rollout: { steps: [{ setWeight: 10 }, { pause: 5s }, { waitFor: analysis }, { setWeight: 50 }], analysis: { maxFailureRate: 0.05 } } }',
    ),
    'monitors/fraud.yaml': toOwned(
      'Monitor',
      'fraud',
      `{ endpoint: fraud, window: ${windowSeconds}s, falseAlarmBudget: { windows: 400 } }`,
    ),
  };
}

export function renderModel(seed: number): string {
  return toOwned(
    'Model',
    'fraud',
    `{ task: binary-classification, label: { source: rows, column: bad, maturity: 1d },
  features: [{ view: activity, names: [count_1d] }], requestFeatures: [{ name: amount }],
  training: { trainer: lightgbm, target: runner, pool: cpu, seed: ${seed}, retries: 2,
    window: { asOf: "2025-06-01T00:00:00Z", length: 100d }, split: { validation: 10d, test: 10d } },
  gates: [{ metric: auc, minimum: 0.8 }], card: { owner: somebody }, retrain: { mode: train-then-propose } }`,
  );
}

const SOURCE = `{ connection: files, path: rows.csv, format: csv, eventTime: at, availability: { eventTime: true },
  columns: [{ name: customer, type: string }, { name: at, type: timestamp }, { name: amount, type: float64 }, { name: bad, type: boolean }] }`;

function toSignerLine(name: ServingPerson): string {
  const namespaces = name === 'plumbline' ? 'git' : `git,${APPROVAL_NAMESPACE}`;
  return `${name}@localhost namespaces="${namespaces}" ${SERVING_ACTORS[name].signer.publicKey}`;
}

function toRule(kind: string, name: string, spec: string): string {
  return toDocument(kind, `{ name: ${name} }`, spec);
}

function toOwned(kind: string, name: string, spec: string): string {
  return toDocument(kind, `{ name: ${name}, namespace: payments }`, spec);
}

function toDocument(kind: string, metadata: string, spec: string): string {
  return `apiVersion: plumbline.dev/v1alpha1\nkind: ${kind}\nmetadata: ${metadata}\nspec: ${spec}\n`;
}
