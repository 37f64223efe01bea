import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvaluationMetric } from '../../../reconciler/core/contracts/generated/evaluation-report.generated.ts';
import { checkContract } from '../../../reconciler/core/contracts/parse-contract.ts';
import { judgeGates } from '../../../reconciler/core/evaluation/judge-gates.ts';
import { makeContract, makeManifest, makeSigmoidModel } from '../../support/onnx-models.ts';
import { makeRecord, makeReport } from '../../support/version-records.ts';

const RUN = `sha256:${'1'.repeat(64)}`;

function makeMetric(
  lower: number,
  upper: number,
  fields: Partial<EvaluationMetric> = {},
): EvaluationMetric {
  const interval = { lower, upper, method: 'delong', level: 0.95 } as const;
  return { name: 'auc', slice: null, value: (lower + upper) / 2, rows: 100, interval, ...fields };
}

function judge(metric: EvaluationMetric, minimum: number, name = 'auc') {
  const { slice } = metric;
  return judgeGates([{ metric: name, slice, minimum }], makeReport(RUN, [metric]));
}

describe('a gate', () => {
  it.each([
    [0.9, 'inconclusive'],
    [0.86, 'inconclusive'],
    [0.85, 'pass'],
    [0.1, 'pass'],
    [0.95, 'inconclusive'],
    [0.951, 'fail'],
  ] as const)('of %d is judged by the whole of 0.85 to 0.95: %s', (minimum, verdict) => {
    const judged = judge(makeMetric(0.85, 0.95), minimum);
    expect(judged.verdicts).toMatchObject([{ metric: 'auc', slice: null, minimum, verdict }]);
    expect(judged.isPassed).toBe(verdict === 'pass');
  });

  it('says in words what decided', () => {
    const [verdict] = judge(makeMetric(0.85, 0.95), 0.99).verdicts;
    expect(verdict?.why).toBe(
      'auc is 0.9 on 100 rows, with 95 % certainty from 0.85 to 0.95: below 0.99',
    );
  });

  it('is decided by no value without certainty, and by none that was not measured', () => {
    const unsure = judge(makeMetric(0.85, 0.95, { interval: null }), 0.1);
    expect(unsure.verdicts[0]?.verdict).toBe('inconclusive');
    expect(unsure.verdicts[0]?.why).toContain('too few');
    for (const gate of [
      { metric: 'gini', slice: null, minimum: 0 },
      { metric: 'auc', slice: { column: 'group', value: 'c' }, minimum: 0 },
    ]) {
      const judged = judgeGates([gate], makeReport(RUN, [makeMetric(0.85, 0.95)]));
      expect(judged.verdicts[0]).toMatchObject({ verdict: 'inconclusive' });
      expect(judged.verdicts[0]?.why).toContain('was not measured');
      expect(judged.isPassed).toBe(false);
    }
  });

  it('says no figure of a few people: the words of a refusal go to Git', () => {
    const slice = { column: 'customer_id', value: 'c-00042' };
    const metric = makeMetric(0.125, 0.125, { slice, rows: 7, interval: null });
    expect(judge(metric, 0.1).verdicts[0]?.why).toBe(
      'auc where customer_id is c-00042 has fewer than 10 test rows of a class, too few to be sure of anything',
    );
  });

  it('never asks for much of what is better when it is less', () => {
    const judged = judge(makeMetric(0.5, 0.6, { name: 'log-loss' }), 0.1, 'log-loss');
    expect(judged.verdicts[0]).toMatchObject({ verdict: 'inconclusive' });
  });

  it('finds its own slice', () => {
    const slice = { column: 'group', value: 'b' };
    const report = makeReport(RUN, [makeMetric(0.85, 0.95), makeMetric(0.4, 0.5, { slice })]);
    const gates = [null, slice].map((one) => ({ metric: 'auc', slice: one, minimum: 0.8 }));
    const judged = judgeGates(gates, report);
    expect(judged.verdicts.map(({ verdict }) => verdict)).toEqual(['pass', 'fail']);
    expect(judged.isPassed).toBe(false);
  });

  it('passes when there is none', () => {
    expect(judgeGates([], makeReport(RUN))).toEqual({ verdicts: [], isPassed: true });
  });

  it('gives verdicts that a record holds, whatever it is called', () => {
    const model = makeSigmoidModel({ weights: [1], bias: 0 });
    const manifest = makeManifest({ model, contract: makeContract(['a']) });
    const anySlice = fc.record({
      column: fc.string({ maxLength: 128 }),
      value: fc.string({ maxLength: 256, unit: 'binary' }),
    });
    fc.assert(
      fc.property(fc.option(anySlice), fc.double({ noNaN: true }), (slice, minimum) => {
        fc.pre(Number.isFinite(minimum));
        const { verdicts } = judge(makeMetric(0.1, 0.2, { slice }), minimum);
        const record = { ...makeRecord(manifest, { gates: verdicts }), version: RUN };
        expect(checkContract('VersionRecord', record)).toMatchObject({ state: 'valid' });
      }),
    );
  });
});
