import { describe, expect, it } from 'vitest';
import { createMemoryWorkingFolder } from '../../../reconciler/adapters/working-folder/memory/working-folder.ts';
import { createExplainCommand } from '../../../reconciler/cli/commands/explain.ts';
import { createRenderCommand } from '../../../reconciler/cli/commands/render.ts';
import { readFolderSource } from '../../../reconciler/cli/read-source.ts';
import { runCli } from '../../../reconciler/cli/run-cli.ts';
import { ENDPOINT, MODEL_FILES, SOURCE } from '../language/model-repo.ts';
import { PLATFORM, toDocument, toEnvironment, toTarget } from '../language/small-repo.ts';
import { createCommandIo } from './command-io.ts';

const ALLOWED = '{to: eu, upTo: personal, carries: [rows, models], legalBasis: Policy 4.2}';

const REPO: Readonly<Record<string, string>> = {
  ...(MODEL_FILES as Readonly<Record<string, string>>),
  'platform.yaml': PLATFORM,
  'zones/ae.yaml': toDocument('Zone', 'ae', `{jurisdiction: AE, transfers: [${ALLOWED}]}`),
  'zones/eu.yaml': toDocument('Zone', 'eu', '{jurisdiction: EU}'),
  'targets/laptop.yaml': toTarget('laptop', 'ae'),
  'targets/frankfurt.yaml': toTarget('frankfurt', 'eu'),
  'environments/dev.yaml': toDocument(
    'Environment',
    'dev',
    '{zone: ae, targets: [laptop], overrides: [{kind: Endpoint, patch: {threshold: 0.9}}]}',
  ),
  'environments/eu.yaml': toEnvironment('eu', 'eu', '[frankfurt]'),
  'namespaces/payments.yaml': toDocument('Namespace', 'payments', '{owners: [payments-ml]}'),
  'source.yaml': SOURCE.replace(
    'connection: files',
    'classification: personal\n  connection: files',
  ),
  'elsewhere.yaml': ENDPOINT.replace('name: fraud', 'name: abroad').replace(
    'environment: dev',
    'environment: eu',
  ),
};

async function run(words: readonly string[], changes: Readonly<Record<string, string>> = {}) {
  const { io, output } = createCommandIo();
  const folder = createMemoryWorkingFolder();
  for (const [path, text] of Object.entries({ ...REPO, ...changes })) {
    folder.write(path, Buffer.from(text));
  }
  const readSource = async () => readFolderSource(folder);
  const commands = [createExplainCommand({ readSource }), createRenderCommand({ readSource })];
  return { code: await runCli(commands, words, io), output: output() };
}

describe('plumb explain', () => {
  it('says why an endpoint has its zone, its class and its order', async () => {
    const { code, output } = await run(['explain', 'endpoint/payments/fraud']);
    expect(output).toBe(
      [
        'endpoint payments/fraud  endpoint.yaml:1:1',
        '  zone      ae: spec.environment is environment dev (endpoint.yaml:8:16), whose spec.zone is zone ae (environments/dev.yaml:5:14)',
        '  class     personal',
        '            personal that has been in zone ae: datasource payments/transactions, taken at model.yaml:8:19 → model payments/fraud, taken at endpoint.yaml:7:10',
        '  override  environments/dev.yaml:5:66',
        '  after     namespace payments, model payments/fraud, environment dev',
        '  before    release payments/fraud',
        '',
      ].join('\n'),
    );
    expect(code).toBe(0);
  });

  it('says what crosses a border, by which right, and that nothing carries it', async () => {
    const { output } = await run(['explain', 'endpoint/abroad']);
    expect(output).toContain(
      'crosses   models of model payments/fraud to zone eu, allowed: zone ae by “Policy 4.2”',
    );
    expect(output).toContain('  waits     it needs');
  });

  it('says of what is held back because of which mistake', async () => {
    const { code, output } = await run(['explain', 'release/payments/fraud'], {
      'zones/ae.yaml': toDocument('Zone', 'ae', '{jurisdiction: AE}'),
      'endpoint.yaml': ENDPOINT.replace('environment: dev', 'environment: eu'),
    });
    expect(output).toContain('held back it depends on endpoint payments/fraud, which is invalid');
    expect(output).toContain('P208: a model may not go from zone "ae" to zone "eu" (personal)');
    expect(code).toBe(1);
  });

  it('writes JSON for programs', async () => {
    const { output } = await run(['explain', 'datasource/transactions', '--format', 'json']);
    expect(JSON.parse(output)).toMatchObject({
      v: 1,
      ref: { kind: 'DataSource', namespace: 'payments', name: 'transactions' },
      placement: { state: 'zone', zone: 'ae' },
      data: { dataClass: 'personal', zones: [{ zone: 'ae', way: [] }] },
    });
  });

  it.each([
    ['endpoint/payments/fruad', 'did you mean Endpoint/payments/fraud?'],
    ['table/nothing', 'there is no resource table/nothing here'],
    ['fraud', 'fraud may be Endpoint/payments/fraud, Model/payments/fraud, Release/payments/fraud'],
  ])('says what is wrong with %s', async (text, message) => {
    const { code, output } = await run(['explain', text]);
    expect(output).toContain(message);
    expect(code).toBe(1);
  });
});

describe('plumb render', () => {
  it('writes a resource as its environment makes it, and says so', async () => {
    const { code, output } = await run(['render', 'endpoint/payments/fraud']);
    expect(output).toContain('# endpoint.yaml:1, overridden by environment dev\n');
    expect(output).toContain('  threshold: 0.9\n');
    expect(code).toBe(0);
  });

  it('writes all that is valid, and names what is held back', async () => {
    const { code, output } = await run(['render'], {
      'trainer.yaml': 'apiVersion: [plumbline.dev',
    });
    expect(output).toContain('kind: Zone\n');
    expect(output).toContain('held back: model payments/fraud');
    expect(code).toBe(0);
  });

  it('writes a line of JSON for each resource', async () => {
    const { output } = await run(['render', 'zone/ae', '--format', 'json']);
    expect(JSON.parse(output)).toMatchObject({ kind: 'Zone', metadata: { name: 'ae' } });
  });
});
