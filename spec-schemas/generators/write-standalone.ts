import type { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';

/** The validators of schemas that `ajv` knows by these names, as code that needs no Ajv. */
export function writeStandalone(
  ajv: Ajv2020,
  names: readonly string[],
  countCodePointsFile: string,
): string {
  const code = standalone
    .default(ajv, Object.fromEntries(names.map((name) => [name, name])))
    .replace('"use strict";', '')
    .replaceAll('require("ajv/dist/runtime/ucs2length").default', 'countCodePoints')
    .replaceAll(/^export const (\w+) = /gm, 'export const validate$1 = ');
  if (code.includes('require(')) {
    throw new Error('a schema uses a keyword whose validator needs Ajv at run time');
  }
  return `// @ts-nocheck: written by Ajv, which knows no types; their type is given where they are used.
import { countCodePoints } from '${countCodePointsFile}';
${code.trim()}\n`;
}
