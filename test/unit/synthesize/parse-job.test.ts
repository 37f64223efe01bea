import { describe, expect, it } from 'vitest';
import { isCodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import { parseSynthesizeJob } from '../../../runners/synthesize/parse-job.ts';

const JOB = {
  v: 1,
  scenario: 'card-fraud',
  seed: 7,
  asOf: '2026-06-01T00:00:00Z',
  days: 240,
  customers: 400,
  outputFolder: 'data',
};

describe('a job for made-up data', () => {
  it('is taken as it is', () => {
    expect(parseSynthesizeJob(JOB)).toEqual(JOB);
  });

  it.each([
    ['the whole', null],
    ['the whole', [JOB]],
    ['/more', { ...JOB, more: 1 }],
    ['/v', { ...JOB, v: 2 }],
    ['/scenario', { ...JOB, scenario: 'other' }],
    ['/seed', { ...JOB, seed: -1 }],
    ['/seed', { ...JOB, seed: 2 ** 32 }],
    ['/asOf', { ...JOB, asOf: '2026-06-01' }],
    ['/days', { ...JOB, days: 0.5 }],
    ['/days', { ...JOB, days: 4_000 }],
    ['/customers', { ...JOB, customers: '400' }],
    ['/outputFolder', { ...JOB, outputFolder: '' }],
  ])('is malformed at %s', (where, job) => {
    expect(() => parseSynthesizeJob(job)).toThrow(`malformed at ${where}:`);
  });

  it('is refused when it asks for more than can be made up', () => {
    const parsing = () => parseSynthesizeJob({ ...JOB, days: 3_000, customers: 1_000 });
    expect(parsing).toThrow('at most 2000000 customer days');
    expect(parsing).toThrow(expect.toSatisfy((error: unknown) => isCodedError(error, 'P801')));
  });
});
