import { toCanonicalJson } from '../../contracts/canonical-json.ts';
import type { Json, JsonObject } from '../../contracts/json.ts';
import { planConvergence } from '../plan-convergence.ts';
import type { Planner } from '../planner.ts';

/** Kinds that say rules and nothing else: their effect is that the rules are in force. */
export const planDefinition: Planner = (input) =>
  planConvergence(input, {
    describe: ({ before, after }) =>
      before === null
        ? 'its definition comes into force'
        : `its definition changes in ${listChangedFields(before.spec, after.spec).join(', ')}`,
    removal: () => ({ action: 'delete', reason: 'left Git: its definition is no longer in force' }),
  });

function listChangedFields(before: JsonObject, after: JsonObject): readonly string[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return fields.filter((field) => toText(before[field]) !== toText(after[field]));
}

function toText(value: Json | undefined): string {
  return value === undefined ? '' : toCanonicalJson(value);
}
