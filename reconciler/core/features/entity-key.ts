import { toCanonicalJson } from '../contracts/canonical-json.ts';

/**
 * One text for a row's keys, in their declared order. Canonical JSON keeps ("1","12") and
 * ("11","2") apart, which plain joining does not.
 */
export function toEntityKey(values: readonly (string | number | bigint | boolean)[]): string {
  return toCanonicalJson(values.map(String));
}
