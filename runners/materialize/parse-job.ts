import { Ajv, type SchemaObject } from 'ajv';
import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { Json } from '../../reconciler/core/contracts/json.ts';

/** Throws P808 with the place, and never a value, when the job does not fit the schema. */
export function parseJob<Job>(value: Json, schema: SchemaObject): Job {
  const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile<Job>(schema);
  if (validate(value)) return value;
  const [first] = validate.errors ?? [];
  throw toMalformed(first?.instancePath ?? '', first?.message ?? 'is not of this shape');
}

/** `where` is a JSON pointer; empty for the whole. */
export function toMalformed(where: string, how: string): CodedError {
  return new CodedError(
    'P808',
    `the job is malformed at ${where === '' ? 'the whole' : where}: it ${how}`,
  );
}
