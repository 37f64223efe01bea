import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { isCodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import {
  MAX_CUSTOMER_DAYS,
  MAX_CUSTOMERS,
} from '../../../reconciler/core/contracts/synthetic-bounds.ts';
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

type Range = { readonly minimum: number; readonly maximum: number };

/** What a repo may ask for, as its schema says. */
async function readRanges(): Promise<Readonly<Record<'seed' | 'days' | 'customers', Range>>> {
  const file = new URL('../../../spec-schemas/connection.schema.json', import.meta.url);
  const schema = JSON.parse(await readFile(file, 'utf8'));
  return schema.properties.spec.properties.synthetic.properties;
}

describe('a job for made-up data', () => {
  it('is taken for all that a repo may ask for', async () => {
    const { seed, days, customers } = await readRanges();
    for (const bound of ['minimum', 'maximum'] as const) {
      const longest = { ...JOB, seed: seed[bound], days: days[bound], customers: 1 };
      expect(parseSynthesizeJob(longest)).toEqual(longest);
    }
    const most = Math.min(customers.maximum, Math.floor(MAX_CUSTOMER_DAYS / days.minimum));
    expect(parseSynthesizeJob({ ...JOB, days: days.minimum, customers: most })).toBeTruthy();
    expect(customers.maximum).toBeLessThanOrEqual(MAX_CUSTOMERS);
  });

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
