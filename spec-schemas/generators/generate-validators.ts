import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import type { KindSchema } from './load-schemas.ts';
import { keepKeywords } from './walk-schema.ts';

const PROSE = new Set(['$schema', '$id', 'title', 'description', 'examples']);

const HEAD = `// @ts-nocheck: written by Ajv, which knows no types; their type is given where they are used.
import { countCodePoints } from '../count-code-points.ts';
`;

/** One validator per kind, as code that needs neither Ajv nor \`eval\` at run time. */
export function generateValidators(kinds: readonly KindSchema[]): string {
  const ajv = new Ajv2020({
    allErrors: true,
    useDefaults: true,
    messages: false,
    strict: true,
    allowUnionTypes: true,
    code: { source: true, esm: true, lines: true },
  });
  for (const { kind, schema } of kinds) {
    const bare = keepKeywords(schema, (word) => !PROSE.has(word) && !word.startsWith('x-'));
    ajv.addSchema(bare, kind);
  }
  const names = Object.fromEntries(kinds.map(({ kind }) => [kind, kind]));
  const code = standalone
    .default(ajv, names)
    .replace('"use strict";', '')
    .replaceAll('require("ajv/dist/runtime/ucs2length").default', 'countCodePoints')
    .replaceAll(/^export const (\w+) = /gm, 'export const validate$1 = ');
  if (code.includes('require(')) {
    throw new Error('a schema uses a keyword whose validator needs Ajv at run time');
  }
  return `${HEAD}${code.trim()}\n`;
}
