import { readdirSync, readFileSync } from 'node:fs';

const SCHEMA_FOLDER = new URL('../', import.meta.url);
const ENVELOPE = 'envelope.schema.json';
const BUNDLE = 'plumbline.schema.json';

export type Schema = { [keyword: string]: SchemaValue };
export type SchemaValue = null | boolean | number | string | SchemaValue[] | Schema;

export type KindSchema = {
  readonly kind: string;
  /** The file name without its ending: `target`. */
  readonly stem: string;
  /** Every reference into the envelope replaced by what it names. */
  readonly schema: Schema;
};

/** The schema of every kind, in the order of their names. */
export function loadKindSchemas(): readonly KindSchema[] {
  const definitions = asSchema(asSchema(readJson(ENVELOPE))['$defs']);
  return readdirSync(SCHEMA_FOLDER)
    .filter((name) => name.endsWith('.schema.json') && name !== ENVELOPE && name !== BUNDLE)
    .sort()
    .map((file) => {
      const schema = asSchema(inlineReferences(readJson(file), definitions));
      return { kind: String(schema['title']), stem: file.replace('.schema.json', ''), schema };
    });
}

export function asSchema(value: SchemaValue | undefined): Schema {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new Error(`expected a schema object, got ${JSON.stringify(value)}`);
  }
  return value;
}

function readJson(file: string): SchemaValue {
  return JSON.parse(readFileSync(new URL(file, SCHEMA_FOLDER), 'utf8')) as SchemaValue;
}

/** Keywords beside a `$ref` win over what it names, so a field can say more about itself. */
function inlineReferences(value: SchemaValue, definitions: Schema): SchemaValue {
  if (Array.isArray(value)) return value.map((item) => inlineReferences(item, definitions));
  if (value === null || typeof value !== 'object') return value;
  const { $ref: reference, ...rest } = value;
  const own = Object.fromEntries(
    Object.entries(rest).map(([key, inner]) => [key, inlineReferences(inner, definitions)]),
  );
  if (reference === undefined) return own;
  const name = String(reference).split('#/$defs/')[1] ?? '';
  return { ...asSchema(inlineReferences(asSchema(definitions[name]), definitions)), ...own };
}
