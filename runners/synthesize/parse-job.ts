import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';
import { parseRfc3339 } from '../../reconciler/core/contracts/instant.ts';
import { isJsonObject, type Json, type JsonObject } from '../../reconciler/core/contracts/json.ts';
import type { SynthesizeJob } from '../../reconciler/core/contracts/runner-jobs.ts';
import {
  MAX_CUSTOMER_DAYS,
  MAX_CUSTOMERS,
} from '../../reconciler/core/contracts/synthetic-bounds.ts';

const FIELDS = ['v', 'scenario', 'seed', 'asOf', 'days', 'customers', 'outputFolder'];

const MAX_DAYS = 3_660;

/** Throws P808 when it is no job, and P801 when it asks for more than can be made up. */
export function parseSynthesizeJob(value: Json): SynthesizeJob {
  if (!isJsonObject(value)) throw malformed('the whole', 'is no object');
  const job = value;
  const stranger = Object.keys(job).find((field) => !FIELDS.includes(field));
  if (stranger !== undefined) throw malformed(`/${stranger}`, 'is not known');
  if (job['v'] !== 1) throw malformed('/v', 'is not 1');
  if (job['scenario'] !== 'card-fraud') throw malformed('/scenario', 'is not card-fraud');
  const parsed: SynthesizeJob = {
    v: 1,
    scenario: 'card-fraud',
    seed: parseInteger(job, 'seed', 0, 2 ** 32 - 1),
    asOf: parseText(job, 'asOf'),
    days: parseInteger(job, 'days', 1, MAX_DAYS),
    customers: parseInteger(job, 'customers', 1, MAX_CUSTOMERS),
    outputFolder: parseText(job, 'outputFolder'),
  };
  if (parseRfc3339(parsed.asOf) === null) throw malformed('/asOf', 'is no time in UTC');
  if (parsed.days * parsed.customers > MAX_CUSTOMER_DAYS) {
    throw new CodedError(
      'P801',
      `made-up data of ${parsed.customers} customers over ${parsed.days} days is too much: ask for at most ${MAX_CUSTOMER_DAYS} customer days`,
    );
  }
  return parsed;
}

function parseInteger(job: JsonObject, field: string, minimum: number, maximum: number): number {
  const value = job[field];
  if (Number.isSafeInteger(value) && Number(value) >= minimum && Number(value) <= maximum) {
    return Number(value);
  }
  throw malformed(`/${field}`, `is no whole number from ${minimum} to ${maximum}`);
}

function parseText(job: JsonObject, field: string): string {
  const value = job[field];
  if (typeof value === 'string' && value !== '') return value;
  throw malformed(`/${field}`, 'is no text');
}

function malformed(where: string, how: string): CodedError {
  return new CodedError('P808', `the job is malformed at ${where}: it ${how}`);
}
