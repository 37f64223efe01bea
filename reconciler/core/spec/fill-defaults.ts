import type { Json, JsonObject } from '../contracts/json.ts';
import type { KindFacts } from './kind-facts.ts';

/**
 * The spec with the defaults that depend on a neighbour filled in; those that do not are filled in
 * by the validator. Doing it twice changes nothing.
 */
export function fillDefaults(facts: KindFacts, spec: JsonObject): JsonObject {
  return facts.defaultsFrom.reduce<JsonObject>(
    (filled, { steps, from }) => fillAt(filled, steps.slice(1), from) as JsonObject,
    spec,
  );
}

function fillAt(value: Json, steps: readonly string[], from: string): Json {
  const [step = '', ...rest] = steps;
  if (Array.isArray(value)) return value.map((item: Json) => fillAt(item, rest, from));
  if (value === null || typeof value !== 'object') return value;
  const map = value as JsonObject;
  const inner = map[step];
  if (rest.length > 0) {
    return inner === undefined ? value : { ...map, [step]: fillAt(inner, rest, from) };
  }
  const neighbour = map[from];
  return inner === undefined && neighbour !== undefined ? { ...map, [step]: neighbour } : value;
}
