import type { SchemaObject } from 'ajv';

/** Two underscores at the start are for the columns that an ingest adds. */
export const NAME_SCHEMA = { type: 'string', pattern: '^(?!__)[^\\u0000-\\u001f]{1,128}$' };

export const DIGEST_SCHEMA = { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' };

/** Of a file or folder of this machine. */
export const PATH_SCHEMA = {
  type: 'string',
  minLength: 1,
  maxLength: 4096,
  pattern: '^[^\\u0000]*$',
};

export function toObjectSchema(
  properties: Readonly<Record<string, object>>,
  optional: Readonly<Record<string, object>> = {},
): SchemaObject {
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties),
    properties: { ...properties, ...optional },
  };
}
