import { describe, expect, it } from 'vitest';
import { createModelListCommand } from '../../../reconciler/cli/commands/model-list.ts';
import { createModelShowCommand } from '../../../reconciler/cli/commands/model-show.ts';
import type { ZoneVersion } from '../../../reconciler/cli/versions.ts';
import { digestText } from '../../../reconciler/core/contracts/digest.ts';
import { parseFile } from '../../../reconciler/core/spec/parse-file.ts';
import { createCommandIo } from './command-io.ts';

function toVersion(name: string, model = 'payments/fraud'): ZoneVersion {
  const digest = digestText(name);
  const interval = { lower: 0.9, upper: 0.96, method: 'delong', level: 0.95 } as const;
  const slice = { column: 'customer_group', value: 'b' };
  return {
    zone: 'ae',
    record: {
      v: 1,
      version: digest,
      model,
      runKey: digest,
      modelDigest: digest,
      trainerDigest: digest,
      snapshots: [{ source: 'payments/transactions', digest }],
      seed: 7,
      attempts: 1,
      wallSeconds: 12.34,
      evaluation: {
        v: 1,
        runKey: digest,
        rows: { train: 100, validation: 50, test: 60 },
        metrics: [
          { name: 'auc', slice: null, value: 0.93, rows: 60, interval },
          { name: 'auc', slice, value: 0.91, rows: 20, interval: null },
        ],
        agreement: {
          rows: 50,
          largestDifference: 4e-8,
          trainerAuc: 0.91234567,
          ourAuc: 0.91234567,
        },
        probe: { loadMs: 20, singleRowMs: 0.02 },
      },
      gates: [{ metric: 'auc', slice: null, minimum: 0.8, verdict: 'pass', why: 'auc is good' }],
      publishedAt: '2026-06-02T00:00:00.000Z',
    },
  };
}

const VERSIONS = [toVersion('newer'), toVersion('older'), toVersion('other', 'credit/churn')];

async function run(words: 'list' | 'show', args: readonly string[], versions = VERSIONS) {
  const { io, output } = createCommandIo();
  const create = words === 'list' ? createModelListCommand : createModelShowCommand;
  const command = create({
    listVersions: async (_paths, model) =>
      versions.filter(({ record }) => model === null || record.model === model),
    listNames: async (_paths, kind) => (kind === 'Model' ? ['payments/fraud', 'payments/new'] : []),
  });
  const code = await command.run(args, io);
  return { code, output: output() };
}

describe('plumb model list', () => {
  it('names versions by their digests, with the figure that people ask for', async () => {
    const { output } = await run('list', ['payments/fraud']);
    expect(output).toContain(digestText('newer'));
    expect(output).toContain('AUC 0.9300 on 60 rows');
    expect(output).not.toContain('credit/churn');
  });

  it('says so when there is none yet', async () => {
    expect((await run('list', [], [])).output).toContain('no version is published yet');
  });

  it('says so when the model is known and has none, and when there is no such model', async () => {
    expect((await run('list', ['payments/new'])).output).toContain('no version is published yet');
    await expect(run('list', ['payments/nope'])).rejects.toMatchObject({
      code: 'P807',
      message:
        'there is no model payments/nope here; known here: credit/churn, payments/fraud, payments/new',
    });
  });

  it('writes one record a line for machines', async () => {
    const { output } = await run('list', ['--format', 'json']);
    const lines = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { zone: string });
    expect(lines.map(({ zone }) => zone)).toEqual(['ae', 'ae', 'ae']);
  });
});

describe('plumb model show', () => {
  it('shows the newest version of a model, its figures beside the trainer’s own', async () => {
    const { output } = await run('show', ['payments/fraud']);
    expect(output).toContain(`version    ${digestText('newer')}`);
    expect(output).toContain('AUC 0.912346 by ONNX Runtime, 0.912346 by the trainer');
    expect(output).toContain('auc where customer_group is b  0.9100  20 rows');
    expect(output).toContain('pass: auc is good');
  });

  it('finds a version by the beginning of its digest, if that is enough', async () => {
    const digest = digestText('older');
    expect((await run('show', [digest.slice(0, 20)])).output).toContain(digest);
    expect((await run('show', [digest.slice(7, 20)])).output).toContain(digest);
    await expect(run('show', ['sha256:'])).rejects.toMatchObject({ code: 'P807' });
    await expect(run('show', ['payments/nobody'])).rejects.toMatchObject({ code: 'P807' });
    await expect(run('show', [])).rejects.toMatchObject({ code: 'P601' });
  });

  it('lets no row of data write to the terminal', async () => {
    const version = toVersion('newer');
    const slice = { column: 'customer_group', value: '\u001b]0;owned\u0007\u001b[2J' };
    const { evaluation } = version.record;
    const metrics = evaluation.metrics.map((metric) => ({ ...metric, slice }));
    const record = { ...version.record, evaluation: { ...evaluation, metrics } };
    const { output } = await run('show', ['payments/fraud'], [{ ...version, record }]);
    expect(output).not.toMatch(/\p{Cc}(?<!\n)/u);
    expect(output).toContain('auc where customer_group is \\u001b]0;owned\\u0007');
  });

  it.each([
    ['payments/frad', 'there is no model payments/frad here; did you mean payments/fraud?'],
    ['fraud', 'there is no model fraud here; did you mean payments/fraud?'],
    ['payment/fraud', 'there is no model payment/fraud here; did you mean payments/fraud?'],
    ['churm', 'there is no model churm here; did you mean credit/churn?'],
    ['payments/new', 'the model payments/new has no version yet; plumb status says why'],
    ['0000', 'no version begins with sha256:0000; plumb model list shows them'],
    ['sha256:zz', 'no version begins with sha256:zz; plumb model list shows them'],
  ])('says of %s what it can do about it', async (wanted, message) => {
    await expect(run('show', [wanted])).rejects.toMatchObject({ code: 'P807', message });
  });

  it('writes a Release that the language accepts', async () => {
    const { output } = await run('show', ['payments/fraud', '--format', 'release']);
    const { documents, broken, diagnostics } = parseFile(new TextEncoder().encode(output));
    expect({ broken, diagnostics }).toEqual({ broken: [], diagnostics: [] });
    expect(documents).toMatchObject([
      { ref: { kind: 'Release', namespace: 'payments', name: 'fraud' } },
    ]);
  });
});
