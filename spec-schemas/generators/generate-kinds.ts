import type { KindSchema, Schema } from './load-schemas.ts';
import { keepKeywords, listFields } from './walk-schema.ts';

/** What the language knows of each kind, read from the schemas' own `x-` keywords. */
export function generateKinds(kinds: readonly KindSchema[]): string {
  const names = kinds.map(({ kind }) => kind);
  return [
    `import type { KindFacts, Validate } from '../kind-facts.ts';`,
    ...kinds.map(({ kind, stem }) => `import type { ${kind}Spec } from './${stem}.generated.ts';`),
    `import { ${names.map((kind) => `validate${kind}`).join(', ')} } from './validators.generated.ts';`,
    '',
    'export interface SpecByKind {',
    ...names.map((kind) => `  readonly ${kind}: ${kind}Spec;`),
    '}',
    '',
    'export type Kind = keyof SpecByKind;',
    '',
    `export const KINDS: Readonly<Record<Kind, KindFacts>> = {`,
    ...kinds.map(generateFacts),
    '};',
    '',
  ].join('\n');
}

function generateFacts({ kind, schema }: KindSchema): string {
  const fields = listFields(schema);
  const facts = {
    kind,
    scope: schema['x-scope'],
    zone: schema['x-zone'],
    freezes: schema['x-freezes'] ?? false,
    reservedNames: schema['x-reserved-names'] ?? [],
    references: fields
      .filter((field) => field.schema['x-reference'] !== undefined)
      .map((field) => ({
        steps: toSteps(field.pointer),
        kind: field.schema['x-reference'],
        sameZone: field.schema['x-same-zone'] ?? false,
        places: field.schema['x-places'] ?? false,
        flow: field.schema['x-flow'] ?? null,
        outflow: field.schema['x-flow-to'] ?? null,
      })),
    unordered: fields
      .filter((field) => field.schema['x-unordered'] !== undefined)
      .map(({ pointer, schema: { 'x-unordered': by } }) => ({
        steps: toSteps(pointer),
        by: by === true ? null : by,
      })),
    uniqueBy: fields
      .filter((field) => field.schema['x-unique-by'] !== undefined)
      .map(({ pointer, schema: { 'x-unique-by': by } }) => ({ steps: toSteps(pointer), by })),
    defaultsFrom: fields
      .filter((field) => field.schema['x-default-from'] !== undefined)
      .map(({ pointer, schema: { 'x-default-from': from } }) => ({
        steps: toSteps(pointer),
        from,
      })),
    withoutEffect: fields
      .filter((field) => field.schema['x-effect'] === 'none')
      .map((field) => toSteps(field.pointer)),
    schema: toMessageSchema(schema),
  };
  const members = Object.entries(facts).map(([key, value]) => {
    const text = JSON.stringify(value, null, 2).replaceAll('\n', '\n    ');
    return `    ${key}: ${text},`;
  });
  const validate = `    validate: validate${kind} as unknown as Validate,`;
  return [`  ${kind}: {`, ...members, validate, '  },'].join('\n');
}

function toSteps(pointer: string): readonly string[] {
  return pointer.slice(1).split('/');
}

const MESSAGE_KEYWORDS = new Set([
  'description',
  'type',
  'const',
  'enum',
  'examples',
  'properties',
  'items',
  'additionalProperties',
  'propertyNames',
  'x-name',
]);

/** What messages and hints are made from. */
function toMessageSchema(schema: Schema): Schema {
  return keepKeywords(schema, (word) => MESSAGE_KEYWORDS.has(word));
}
