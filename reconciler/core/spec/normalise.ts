import { copyJson } from '../contracts/copy-json.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import type { KindFacts } from './kind-facts.ts';

/**
 * The spec without what has no live effect, and with lists whose order means nothing sorted: two
 * documents that ask for the same have the same normal form. Doing it twice changes nothing.
 */
export function normaliseSpec(facts: KindFacts, spec: JsonObject): JsonObject {
  let normal = copyJson(spec) as JsonObject;
  for (const steps of facts.withoutEffect) {
    normal = changeAt(normal, steps.slice(1), () => undefined) as JsonObject;
  }
  for (const { steps, by } of facts.unordered) {
    normal = changeAt(normal, steps.slice(1), (list) => sortList(list, by)) as JsonObject;
  }
  return normal;
}

type Change = (value: Json) => Json | undefined;

function changeAt(value: Json, steps: readonly string[], change: Change): Json | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return change(value);
  if (Array.isArray(value)) return value.map((item: Json) => changeAt(item, rest, change) ?? null);
  if (value === null || typeof value !== 'object') return value;
  const { [step]: inner, ...others } = value as JsonObject;
  if (inner === undefined) return value;
  const changed = changeAt(inner, rest, change);
  return changed === undefined ? others : { ...others, [step]: changed };
}

function sortList(list: Json, by: string | null): Json {
  if (!Array.isArray(list)) return list;
  return [...(list as readonly Json[])].sort((left, right) => {
    const a = toSortKey(left, by);
    const b = toSortKey(right, by);
    return a < b ? -1 : a > b ? 1 : 0;
  });
}

function toSortKey(item: Json, by: string | null): string {
  return String(by === null ? item : ((item as JsonObject)[by] ?? ''));
}
