import { compareText } from './compare-text.ts';

/** The identity of a resource. Platform-wide kinds live in the namespace `platform`. */
export type Ref = { readonly kind: string; readonly namespace: string; readonly name: string };

/** The namespace of resources that belong to the whole platform, not to a team. */
export const PLATFORM_NAMESPACE = 'platform';

/** A stable text form: `Target/platform/laptop`. Names hold no slash, so it is unambiguous. */
export type RefKey = `${string}/${string}/${string}`;

export function toRefKey(ref: Ref): RefKey {
  return `${ref.kind}/${ref.namespace}/${ref.name}`;
}

export function parseRefKey(key: string): Ref | null {
  const [kind, namespace, name, ...rest] = key.split('/');
  if (!kind || !namespace || !name || rest.length > 0) return null;
  return { kind, namespace, name };
}

/** What a person reads: `target laptop`, `endpoint payments/fraud`. */
export function toRefTitle(ref: Ref): string {
  const path = ref.namespace === PLATFORM_NAMESPACE ? ref.name : `${ref.namespace}/${ref.name}`;
  return `${ref.kind.toLowerCase()} ${path}`;
}

/** The same of a key; one that is none stands for itself. */
export function toKeyTitle(key: RefKey): string {
  const ref = parseRefKey(key);
  return ref === null ? key : toRefTitle(ref);
}

export function compareRefs(left: Ref, right: Ref): number {
  return compareText(toRefKey(left), toRefKey(right));
}

/** Within its kind: `payments/fraud`. */
export function toResourcePath({ namespace, name }: Ref): string {
  return `${namespace}/${name}`;
}
