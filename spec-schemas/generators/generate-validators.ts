import { Ajv2020 } from 'ajv/dist/2020.js';
import type { KindSchema } from './load-schemas.ts';
import { keepKeywords } from './walk-schema.ts';
import { writeStandalone } from './write-standalone.ts';

const PROSE = new Set(['$schema', '$id', 'title', 'description', 'examples']);

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
  return writeStandalone(
    ajv,
    kinds.map(({ kind }) => kind),
    '../count-code-points.ts',
  );
}
