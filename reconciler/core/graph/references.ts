import type { JsonObject } from '../contracts/json.ts';
import { type NormalForm, toRef } from '../contracts/normal-form.ts';
import { PLATFORM_NAMESPACE, type Ref } from '../contracts/ref.ts';
import { findKind } from '../spec/identify.ts';
import { expandPointer, readPointer } from '../spec/json-pointer.ts';

/** A field of a resource that names another one. */
export type Reference = {
  readonly to: Ref;
  /** The field, as it stands in the document: `/spec/targets/0`. */
  readonly pointer: string;
  readonly sameZone: boolean;
};

/** What a resource names, in the order of its kind's schema and of its lists. */
export function listReferences(resource: {
  readonly ref: Ref;
  readonly spec: JsonObject;
}): readonly Reference[] {
  const root = { spec: resource.spec };
  return (findKind(resource.ref.kind)?.references ?? []).flatMap((fact) =>
    expandPointer(root, fact.pointer).map((pointer) => ({
      to: {
        kind: fact.kind,
        namespace: toNamespace(fact.kind, resource.ref),
        name: String(readPointer(root, pointer)),
      },
      pointer,
      sameZone: fact.sameZone,
    })),
  );
}

/** What a normal form names: its effects wait for theirs. */
export function referencesOf(form: NormalForm): readonly Ref[] {
  return listReferences({ ref: toRef(form), spec: form.spec }).map(({ to }) => to);
}

/** A name means a resource of the same namespace, or of the platform when its kind belongs there. */
function toNamespace(kind: string, from: Ref): string {
  return findKind(kind)?.scope === 'namespace' ? from.namespace : PLATFORM_NAMESPACE;
}
