import type { SchemaObject } from 'ajv';
import { DIGEST_SCHEMA, NAME_SCHEMA, toObjectSchema } from './schema-parts.ts';
import { AVAILABILITY_SCHEMA } from './source-definition.ts';

const MAX_FEATURES = 1_024;
const MAX_CATEGORIES = 1_024;
/** A century: every moment minus a window is then still a number of microseconds. */
const MAX_SECONDS = 100 * 366 * 86_400;

/** Namespace and name, such as `payments/customer-activity`. */
const RESOURCE_SCHEMA = { type: 'string', minLength: 1, maxLength: 256 };
const CATEGORIES = {
  type: 'array',
  maxItems: MAX_CATEGORIES,
  uniqueItems: true,
  items: { type: 'string', maxLength: 256, pattern: '^[^\\u0000]*$' },
};

export const SECONDS_SCHEMA = { type: 'integer', minimum: 1, maximum: MAX_SECONDS };

const SECONDS_OR_NULL = { anyOf: [SECONDS_SCHEMA, { type: 'null' }] };

const FEATURE = {
  oneOf: [
    toObjectSchema({
      name: NAME_SCHEMA,
      kind: { const: 'latest' },
      column: NAME_SCHEMA,
      categories: { anyOf: [CATEGORIES, { type: 'null' }] },
    }),
    toObjectSchema({
      name: NAME_SCHEMA,
      kind: { const: 'aggregate' },
      function: { const: 'count' },
      column: { type: 'null' },
      windowSeconds: SECONDS_SCHEMA,
    }),
    toObjectSchema({
      name: NAME_SCHEMA,
      kind: { const: 'aggregate' },
      function: { enum: ['sum', 'mean', 'min', 'max', 'distinct'] },
      column: NAME_SCHEMA,
      windowSeconds: SECONDS_SCHEMA,
    }),
  ],
};

export const VIEW_DEFINITION_SCHEMA: SchemaObject = toObjectSchema({
  v: { const: 1 },
  view: RESOURCE_SCHEMA,
  source: RESOURCE_SCHEMA,
  keys: {
    type: 'array',
    minItems: 1,
    maxItems: 8,
    items: toObjectSchema({ name: NAME_SCHEMA, type: { enum: ['string', 'int64'] } }),
  },
  eventTime: NAME_SCHEMA,
  availability: AVAILABILITY_SCHEMA,
  timeToLiveSeconds: SECONDS_OR_NULL,
  features: { type: 'array', minItems: 1, maxItems: MAX_FEATURES, items: FEATURE },
});

export const FEATURE_CONTRACT_SCHEMA: SchemaObject = toObjectSchema({
  v: { const: 1 },
  views: {
    type: 'array',
    maxItems: 64,
    items: toObjectSchema({
      view: RESOURCE_SCHEMA,
      definitionDigest: DIGEST_SCHEMA,
      keys: { type: 'array', minItems: 1, maxItems: 8, items: NAME_SCHEMA },
      timeToLiveSeconds: SECONDS_OR_NULL,
    }),
  },
  features: {
    type: 'array',
    minItems: 1,
    maxItems: MAX_FEATURES,
    items: toObjectSchema({
      name: NAME_SCHEMA,
      view: { anyOf: [RESOURCE_SCHEMA, { type: 'null' }] },
      kind: { enum: ['number', 'category'] },
      categories: CATEGORIES,
    }),
  },
});
