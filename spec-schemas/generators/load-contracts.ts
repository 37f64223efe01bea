import { readdirSync, readFileSync } from 'node:fs';
import { asSchema, type Schema, type SchemaValue } from './load-schemas.ts';

const CONTRACT_FOLDER = new URL('../../reconciler/core/contracts/schemas/', import.meta.url);

/** A shape that crosses a process: a manifest, a route table, a delta of counters. */
export type ContractSchema = {
  readonly name: string;
  readonly stem: string;
  readonly schema: Schema;
};

/** The schema of every such shape, in the order of their files. */
export function loadContractSchemas(): readonly ContractSchema[] {
  return readdirSync(CONTRACT_FOLDER)
    .filter((file) => file.endsWith('.schema.json'))
    .sort()
    .map((file) => {
      const text = readFileSync(new URL(file, CONTRACT_FOLDER), 'utf8');
      const schema = asSchema(JSON.parse(text) as SchemaValue);
      return { name: String(schema['title']), stem: file.replace('.schema.json', ''), schema };
    });
}
