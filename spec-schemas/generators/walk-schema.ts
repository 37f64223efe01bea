import { asSchema, type Schema, type SchemaValue } from './load-schemas.ts';

/** A place in the resources of a kind: `/spec/targets/*`, where `*` is any item of a list. */
export type FieldPlace = {
  readonly pointer: string;
  readonly schema: Schema;
  readonly required: boolean;
};

/** Every field of a schema, parents before children, in the order of the file. */
export function listFields(schema: Schema, base = ''): readonly FieldPlace[] {
  const required = (schema['required'] ?? []) as SchemaValue[];
  const fields: FieldPlace[] = [];
  for (const [name, value] of Object.entries(asSchema(schema['properties'] ?? {}))) {
    const inner = asSchema(value);
    const pointer = `${base}/${name}`;
    fields.push({ pointer, schema: inner, required: required.includes(name) });
    fields.push(...listFields(inner, pointer));
  }
  if (schema['items'] !== undefined) {
    const items = asSchema(schema['items']);
    fields.push({ pointer: `${base}/*`, schema: items, required: false });
    fields.push(...listFields(items, `${base}/*`));
  }
  return fields;
}

const SUBSCHEMA_MAPS = new Set(['properties', 'patternProperties', '$defs']);

/** The same schema without the keywords that `isKept` refuses; property names are no keywords. */
export function keepKeywords(schema: Schema, isKept: (keyword: string) => boolean): Schema {
  const kept: Schema = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (!isKept(keyword)) continue;
    kept[keyword] = keepWithin(keyword, value, isKept);
  }
  return kept;
}

function keepWithin(
  keyword: string,
  value: SchemaValue,
  isKept: (keyword: string) => boolean,
): SchemaValue {
  const keep = (inner: SchemaValue) => keepKeywords(asSchema(inner), isKept);
  if (SUBSCHEMA_MAPS.has(keyword)) return mapValues(asSchema(value), keep);
  if (keyword === 'anyOf' && Array.isArray(value)) return value.map(keep);
  return isSubschema(keyword, value) ? keep(value) : value;
}

function isSubschema(keyword: string, value: SchemaValue): boolean {
  if (typeof value !== 'object') return false;
  return keyword === 'items' || keyword === 'additionalProperties' || keyword === 'propertyNames';
}

function mapValues(schema: Schema, map: (value: SchemaValue) => SchemaValue): Schema {
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, map(value)]));
}
