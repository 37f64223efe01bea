import { Ajv2020 } from 'ajv/dist/2020.js';
import { compile } from 'json-schema-to-typescript';
import { toPlainTypes } from './generate-types.ts';
import type { ContractSchema } from './load-contracts.ts';
import { asSchema, type Schema, type SchemaValue } from './load-schemas.ts';
import { keepKeywords } from './walk-schema.ts';
import { writeStandalone } from './write-standalone.ts';

/** The type of a shape that crosses a process. */
export async function generateContractTypes({ name, schema }: ContractSchema): Promise<string> {
  const code = await compile(nameObjects(schema, name), name, {
    bannerComment: '',
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    style: { singleQuote: true, printWidth: 100 },
  });
  return toPlainTypes(code);
}

/** Objects in lists get types of their own, named after the way to them. */
function nameObjects(schema: Schema, name: string): Schema {
  const named: Schema = { ...schema };
  if (schema['type'] === 'object' && schema['title'] === undefined) named['title'] = name;
  const own = String(named['title'] ?? name);
  if (schema['items'] !== undefined) {
    named['items'] = nameObjects(asSchema(schema['items']), `${name}Item`);
  }
  if (Array.isArray(schema['anyOf'])) {
    named['anyOf'] = schema['anyOf'].map((one: SchemaValue) => nameObjects(asSchema(one), name));
  }
  if (schema['properties'] !== undefined) {
    named['properties'] = Object.fromEntries(
      Object.entries(asSchema(schema['properties'])).map(([field, inner]) => [
        field,
        nameObjects(asSchema(inner), `${own}${field.slice(0, 1).toUpperCase()}${field.slice(1)}`),
      ]),
    );
  }
  return named;
}

const PROSE = new Set(['$schema', '$id', 'title', 'description']);

/** One validator per shape, as code that needs neither Ajv nor \`eval\` at run time. */
export function generateContractValidators(contracts: readonly ContractSchema[]): string {
  const ajv = new Ajv2020({
    allErrors: false,
    messages: true,
    strict: true,
    allowUnionTypes: true,
    strictTypes: false,
    code: { source: true, esm: true, lines: true },
  });
  for (const { name, schema } of contracts) {
    ajv.addSchema(
      keepKeywords(schema, (word) => !PROSE.has(word)),
      name,
    );
  }
  return writeStandalone(
    ajv,
    contracts.map(({ name }) => name),
    '../../spec/count-code-points.ts',
  );
}
