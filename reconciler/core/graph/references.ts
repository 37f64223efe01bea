import type { Json, JsonObject } from '../contracts/json.ts';
import { type NormalForm, toRef } from '../contracts/normal-form.ts';
import { PLATFORM_NAMESPACE, type Ref } from '../contracts/ref.ts';
import { findKind } from '../spec/identify.ts';
import type { DataForm } from '../spec/kind-facts.ts';

/** A field of a resource that names another one. */
export type Reference = {
  readonly to: Ref;
  /** The field, as it stands in the document: `/spec/targets/0`. */
  readonly pointer: string;
  readonly sameZone: boolean;
  readonly places: boolean;
  readonly flow: DataForm | null;
  readonly outflow: DataForm | null;
};

/** What a resource names, in the order of its kind's schema and of its lists. */
export function listReferences(resource: {
  readonly ref: Ref;
  readonly spec: JsonObject;
}): readonly Reference[] {
  const root = { metadata: { namespace: resource.ref.namespace }, spec: resource.spec };
  const references: Reference[] = [];
  for (const fact of findKind(resource.ref.kind)?.references ?? []) {
    const namespace = toNamespace(fact.kind, resource.ref);
    visitPlaces(root, fact.steps, 0, '', (pointer, name) => {
      const to = { kind: fact.kind, namespace, name: String(name) };
      const { sameZone, places, flow, outflow } = fact;
      references.push({ to, pointer, sameZone, places, flow, outflow });
    });
  }
  return references;
}

/** Every place that the steps lead to; they come from a schema, so no step needs escaping. */
function visitPlaces(
  value: Json,
  steps: readonly string[],
  at: number,
  pointer: string,
  visit: (pointer: string, value: Json) => void,
): void {
  const step = steps[at];
  if (step === undefined) {
    visit(pointer, value);
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      visitPlaces(item as Json, steps, at + 1, `${pointer}/${index}`, visit);
    }
  } else if (value !== null && typeof value === 'object' && Object.hasOwn(value, step)) {
    const inner = (value as JsonObject)[step] as Json;
    visitPlaces(inner, steps, at + 1, `${pointer}/${step}`, visit);
  }
}

/** What a normal form names: its effects wait for theirs. */
export function referencesOf(form: NormalForm): readonly Ref[] {
  return listReferences({ ref: toRef(form), spec: form.spec }).map(({ to }) => to);
}

/** A name means a resource of the same namespace, or of the platform when its kind belongs there. */
function toNamespace(kind: string, from: Ref): string {
  return findKind(kind)?.scope === 'namespace' ? from.namespace : PLATFORM_NAMESPACE;
}
