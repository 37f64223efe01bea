import { compile } from 'json-schema-to-typescript';
import { asSchema, type KindSchema, type Schema, type SchemaValue } from './load-schemas.ts';

/** The type of a kind's spec in its normal form: defaults filled in, prose left out. */
export async function generateTypes({ kind, schema }: KindSchema): Promise<string> {
  const spec = asSchema(asSchema(schema['properties'])['spec']);
  const name = `${kind}Spec`;
  const code = await compile(toNormalSchema({ ...spec, title: name }), name, {
    bannerComment: '',
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    style: { singleQuote: true, printWidth: 100 },
  });
  return toPlainTypes(code);
}

function toNormalSchema(schema: Schema): Schema {
  const normal: Schema = { ...schema };
  if (schema['items'] !== undefined) normal['items'] = toNormalSchema(asSchema(schema['items']));
  if (schema['properties'] === undefined) return normal;
  const fields = Object.entries(asSchema(schema['properties']))
    .map(([name, value]) => [name, asSchema(value)] as const)
    .filter(([, field]) => field['x-effect'] !== 'none');
  const required = (schema['required'] ?? []) as SchemaValue[];
  normal['properties'] = Object.fromEntries(
    fields.map(([name, field]) => [name, toNormalSchema(field)]),
  );
  normal['required'] = fields
    .filter(([name, field]) => required.includes(name) || isFilledIn(field))
    .map(([name]) => name);
  return normal;
}

function isFilledIn(field: Schema): boolean {
  return field['default'] !== undefined || field['x-default-from'] !== undefined;
}

/**
 * The generator has no options for it: every property and every list becomes read-only, and every
 * interface a type, for a type of plain fields is JSON where an interface is not known to be.
 */
export function toPlainTypes(code: string): string {
  const flat = code
    .replaceAll(/^export interface (\w+) \{$([\s\S]*?)^\}$/gm, 'export type $1 = {$2};')
    .replaceAll(/^(\s+)(\w+\??: )/gm, '$1readonly $2')
    .replaceAll(/: (\([^)]*\)|\w+)\[\];/g, ': readonly $1[];')
    .replaceAll(/^(\s+)\[k: string\]/gm, '$1readonly [k: string]');
  return toReadonlyLists(flat);
}

/** A list of objects begins at the nearest line before its end that is as far in. */
function toReadonlyLists(code: string): string {
  const lines = code.split('\n');
  for (const [end, line] of lines.entries()) {
    const [, indent] = /^( *)\}\[\];$/.exec(line) ?? [];
    if (indent === undefined) continue;
    const isStart = (text: string) => text.startsWith(`${indent}readonly `) && text.endsWith(': {');
    const start = lines.slice(0, end).findLastIndex(isStart);
    lines[start] = (lines[start] ?? '').replace(/: \{$/, ': readonly {');
  }
  return lines.join('\n');
}
