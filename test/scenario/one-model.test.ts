import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgresCounters } from '../../reconciler/adapters/counters/postgres/counters.ts';
import type { VersionRecord } from '../../reconciler/core/contracts/generated/version-record.generated.ts';
import type { PullList } from '../../reconciler/ports/forge.ts';
import {
  createInstallation,
  type Installation,
  type RunningReconciler,
} from '../support/installation.ts';
import { askDatabase, readNode } from '../support/running-zone.ts';

/** Trainings take seconds; on a machine that is busy with others they may take minutes. */
const KILL_LIMIT_MS = 600_000;

let installation: Installation;
let reconciler: RunningReconciler;

beforeAll(async () => {
  installation = await createInstallation();
  reconciler = installation.up();
  await reconciler.ready;
}, KILL_LIMIT_MS);

afterAll(async () => {
  await reconciler.stop();
  await installation.remove();
});

type Version = VersionRecord & { readonly zone: string };

async function listVersions(): Promise<readonly Version[]> {
  const { code, stdout } = await installation.plumb('model', 'list', '--format', 'json');
  expect(code).toBe(0);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Version);
}

async function edit(path: string, change: (text: string) => string): Promise<void> {
  const file = join(installation.clone, path);
  const before = await readFile(file, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  await writeFile(file, after);
}

/** Pushes, and waits until nothing is left to do; a code of 3 means that something is refused. */
async function push(message: string, code = 0): Promise<void> {
  const { git, plumb } = installation;
  await git('add', '-A');
  await git('commit', '-q', '-m', message);
  await git('push', '-q', 'origin', 'main');
  const status = await plumb('status', '--wait', '--timeout', '300');
  expect(status.code, status.stdout).toBe(code);
}

async function release(text: string, message: string, code = 0): Promise<void> {
  const file = join(installation.clone, 'releases', 'dev', 'payments.fraud.yaml');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await push(message, code);
}

async function listPulls(): Promise<PullList['pulls']> {
  const { stdout } = await installation.plumb('pr', 'list', '--all', '--format', 'json');
  return (JSON.parse(stdout) as PullList).pulls;
}

/** The machine proposes a moment after it has published; the clone goes on from there. */
async function hasMerged(count: number): Promise<void> {
  await waitUntil(async () => {
    const merged = (await listPulls()).filter(({ state }) => state === 'merged');
    return merged.length >= count;
  });
  await installation.git('pull', '-q', '--ff-only', 'origin', 'main');
}

async function listRecords(): Promise<
  readonly { readonly action: string; readonly outcome: string }[]
> {
  const words = 'audit log --zone ae --count 1000 --format json'.split(' ');
  const { stdout } = await installation.plumb(...words);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

const countTrainings = async () =>
  (await listRecords()).filter(({ action }) => action === 'train').length;

type Prediction = {
  readonly score: number;
  readonly version: string;
  readonly decision: boolean;
  readonly predictionId: string;
  readonly features: Readonly<Record<string, { readonly status: string }>>;
};

const REQUEST = { amount: 250, merchant_category: 'electronics', channel: 'online' };

const readNodeUrl = async () => (await readNode(installation.state)).url;

/** Requests that a model has answered since the beginning. */
let answered = 0;

async function predict(customer: string): Promise<Prediction> {
  const url = await readNodeUrl();
  const answer = await fetch(`${url}/v1/endpoints/payments/fraud/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ entities: { customer_id: customer }, features: REQUEST }),
  });
  const body = (await answer.json()) as Prediction & { error?: string };
  expect(answer.status, body.error).toBe(200);
  answered += 1;
  return body;
}

const customerOf = (index: number) => `c-${String(index).padStart(5, '0')}`;

// One model from its data to its answers: each step stands on the one before.
describe('one model', { timeout: KILL_LIMIT_MS }, () => {
  it('is trained from nothing, measured and published', async () => {
    const versions = await listVersions();
    expect(versions).toHaveLength(1);
    const [version] = versions;
    expect(version).toMatchObject({ model: 'payments/fraud', zone: 'ae', attempts: 1 });
    expect(version?.gates.map(({ verdict }) => verdict)).toEqual(['pass', 'pass']);
    expect(await countTrainings()).toBe(1);
  });

  it('is measured as the trainer itself measures it, on the same rows', async () => {
    const [version] = await listVersions();
    const agreement = version?.evaluation.agreement;
    expect(agreement?.rows).toBeGreaterThan(100);
    expect(agreement?.ourAuc.toFixed(6)).toBe(agreement?.trainerAuc.toFixed(6));
    expect(agreement?.largestDifference).toBeLessThan(1e-5);
    const shown = await installation.plumb('model', 'show', 'payments/fraud');
    expect(shown.stdout).toContain(`AUC ${agreement?.ourAuc.toFixed(6)} by ONNX Runtime`);
  });

  it('has features to look up', async () => {
    const { plumb } = installation;
    const words = 'features get payments/customer-activity c-00001 --format json'.split(' ');
    const found = await plumb(...words);
    expect(found, found.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(found.stdout)).toMatchObject({
      values: { tx_count_30d: expect.any(Number) },
    });
    const unknown = await plumb('features', 'get', 'payments/customer-activity', 'nobody');
    expect(unknown).toMatchObject({ code: 1 });
  });

  it('put what was wrong in the data aside, with reasons', async () => {
    const snapshots = join(installation.state, 'zones', 'ae', 'snapshots');
    const files = await readdir(snapshots, { recursive: true });
    const records = files.filter((file) => file.endsWith('snapshot.json'));
    const quarantined = await Promise.all(
      records.map(
        async (file) => JSON.parse(await readFile(join(snapshots, file), 'utf8')).quarantined,
      ),
    );
    expect(quarantined.flat().length).toBeGreaterThan(0);
  });

  it('is proposed for release, which the environment lets the machine merge', async () => {
    const { plumb } = installation;
    await hasMerged(1);
    const [version] = await listVersions();
    const [pull] = await listPulls();
    expect(pull).toMatchObject({ number: 1, author: 'plumbline@localhost', state: 'merged' });
    expect(pull?.body).toContain(`version ${version?.version}`);
    expect(pull?.body).toMatch(/- auc 0\.\d{4} \(/);
    const said = pull?.comments.map(({ body }) => body) ?? [];
    expect(said).toContainEqual(expect.stringContaining('dev says `releaseApproval: none`'));
    const diff = await plumb('pr', 'diff', '1');
    expect(diff.stdout).toContain('releases/dev/payments.fraud.yaml');
  });

  it('answers then', async () => {
    const { plumb } = installation;
    const status = await plumb('status', '--wait', '--timeout', '300');
    expect(status.code, status.stdout).toBe(0);
    const [version] = await listVersions();
    const features = Object.entries(REQUEST).flatMap(([name, value]) => [
      '--feature',
      `${name}=${value}`,
    ]);
    const answer = await plumb(
      ...[
        'predict',
        'payments/fraud',
        '--entity',
        'customer_id=c-00001',
        ...features,
        '--format',
        'json',
      ],
    );
    expect(answer, answer.stderr).toMatchObject({ code: 0 });
    answered += 1;
    const prediction = JSON.parse(answer.stdout) as Prediction;
    expect(prediction.version).toBe(version?.version);
    expect(prediction.score).toBeGreaterThan(0);
    expect(prediction.score).toBeLessThan(1);
    expect(new Set(Object.values(prediction.features).map(({ status }) => status))).toEqual(
      new Set(['PRESENT']),
    );
  });

  it('speaks the Open Inference Protocol to whoever has only curl', async () => {
    const url = await readNodeUrl();
    const metadata = (await (await fetch(`${url}/v2/models/payments.fraud`)).json()) as {
      inputs: readonly { name: string; shape: readonly number[] }[];
    };
    const [input] = metadata.inputs;
    const width = input?.shape[1] ?? 0;
    const answer = await fetch(`${url}/v2/models/payments.fraud/infer`, {
      method: 'POST',
      body: JSON.stringify({
        id: 'one',
        inputs: [
          { name: 'features', shape: [1, width], datatype: 'FP32', data: Array(width).fill(1) },
        ],
      }),
    });
    const body = (await answer.json()) as {
      id: string;
      outputs: readonly { data: readonly number[] }[];
    };
    expect(answer.status).toBe(200);
    answered += 1;
    expect(body.id).toBe('one');
    expect(body.outputs[0]?.data[0]).toBeGreaterThanOrEqual(0);
    expect(body.outputs[0]?.data[0]).toBeLessThanOrEqual(1);
  });

  it('is not trained again by a card, nor by a restart', async () => {
    await edit('models/fraud.yaml', (text) => text.replace(/owner: .*/, 'owner: somebody-else'));
    await push('Another owner');
    expect(await countTrainings()).toBe(1);
    const before = await listRecords();
    expect(await reconciler.stop()).toBe(0);
    reconciler = installation.up();
    await reconciler.ready;
    expect(await listRecords()).toEqual(before);
    expect(await listVersions()).toHaveLength(1);
  });

  it('serves and counts while the control plane is dead, and the sums are exact', async () => {
    const first = await predict(customerOf(1));
    await reconciler.kill();
    for (let index = 0; index < 200; index += 1) {
      expect((await predict(customerOf(index))).version).toBe(first.version);
    }
    reconciler = installation.up();
    await reconciler.ready;
    await waitUntil(async () => (await readTotals()) >= answered);
    expect(await readTotals()).toBe(answered);
    expect(await predict(customerOf(1))).toMatchObject({ score: first.score });
  });

  it('comes back under the same digest when its artifact and its run are lost', async () => {
    const [version] = await listVersions();
    expect(await reconciler.stop()).toBe(0);
    for (const lost of ['artifacts', 'runs']) {
      await rm(join(installation.state, 'zones', 'ae', lost), { recursive: true });
    }
    reconciler = installation.up();
    await reconciler.ready;
    // The node could not load what was lost, and tries again.
    await waitUntil(async () => (await installation.plumb('status')).code === 0);
    const status = await installation.plumb('status');
    expect(status.code, status.stdout).toBe(0);
    const [again] = await listVersions();
    expect(again?.version).toBe(version?.version);
    expect(again?.runKey).toBe(version?.runKey);
    expect(await countTrainings()).toBe(2);
    expect((await predict(customerOf(1))).version).toBe(version?.version);
  });

  it('is trained once for a changed parameter, and shares its traffic as released', async () => {
    const trainings = await countTrainings();
    await edit('models/fraud.yaml', (text) => text.replace('num_leaves: 31', 'num_leaves: 15'));
    await push('Smaller trees');
    expect(await countTrainings()).toBe(trainings + 1);
    const [newer, older] = (await listVersions()).map(({ version }) => version);
    expect(newer).not.toBe(older);
    await hasMerged(2);
    await release(toShared(older ?? '', newer ?? ''), 'Try the smaller trees on a tenth');
    const met = await meetVersions(1_000);
    const share = [...met.values()].filter((version) => version === newer).length / met.size;
    // Five standard deviations of a tenth over a thousand customers: the secret is another each time.
    expect(Math.abs(share - 0.1)).toBeLessThan(5 * Math.sqrt((0.1 * 0.9) / met.size));
    expect(await reconciler.stop()).toBe(0);
    reconciler = installation.up();
    await reconciler.ready;
    const status = await installation.plumb('status', '--wait', '--timeout', '300');
    expect(status, status.stdout).toMatchObject({ code: 0 });
    expect(await meetVersions(1_000)).toEqual(met);
  });

  it('is refused when a Release names a version that is not there', async () => {
    await release(
      toShared(`sha256:${'0'.repeat(64)}`, `sha256:${'1'.repeat(64)}`),
      'A wrong digest',
      3,
    );
    const status = await installation.plumb('status');
    expect(status.stdout).toMatch(/release payments\/fraud .*P807 there is no version/);
    expect((await listRecords())[0]).toMatchObject({ action: 'update', outcome: 'failed' });
    expect((await predict(customerOf(1))).score).toBeGreaterThan(0);
  });

  it('is not published when its run fails, and says why', async () => {
    const versions = await listVersions();
    await edit('models/fraud.yaml', (text) => text.replace('num_leaves: 15', 'num_leaves: -15'));
    await push('A parameter that cannot be', 3);
    expect(await listVersions()).toEqual(versions);
    const status = await installation.plumb('status');
    expect(status.stdout).toContain('num_leaves');
    const [newest] = await listRecords();
    expect(newest).toMatchObject({ action: 'publish', outcome: 'failed' });
    expect((await predict(customerOf(1))).score).toBeGreaterThan(0);
  });

  it('leaves a ledger that verifies, and nothing that runs', async () => {
    expect(await installation.plumb('down')).toMatchObject({ code: 0 });
    expect(await installation.plumb('audit', 'verify', '--strict')).toMatchObject({ code: 0 });
    await expect(readNodeUrl()).rejects.toThrow('ENOENT');
  });
});

function toShared(older: string, newer: string): string {
  return [
    'apiVersion: plumbline.dev/v1alpha1',
    'kind: Release',
    'metadata: { name: fraud, namespace: payments }',
    'spec:',
    '  endpoint: fraud',
    '  versions:',
    `    - { version: "${older}", percent: 90 }`,
    `    - { version: "${newer}", percent: 10 }`,
    '',
  ].join('\n');
}

async function meetVersions(customers: number): Promise<ReadonlyMap<string, string>> {
  const met = new Map<string, string>();
  for (let index = 0; index < customers; index += 1) {
    const customer = customerOf(index);
    met.set(customer, (await predict(customer)).version);
  }
  return met;
}

/** Requests that the zone's store has summed so far, over all versions. */
const readTotals = () =>
  askDatabase(installation.state, 'zone', async (database) => {
    const totals = await (await openPostgresCounters({ database })).readTotals('payments/fraud');
    return totals.reduce((sum, { requests }) => sum + requests, 0);
  });

async function waitUntil(isTrue: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < 600; round += 1) {
    if (await isTrue()) return;
    await delay(100);
  }
}
