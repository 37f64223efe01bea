import { API_VERSION } from '../contracts/normal-form.ts';
import { PLATFORM_NAMESPACE, type Ref } from '../contracts/ref.ts';
import { KINDS, type Kind } from './generated/kinds.generated.ts';
import { readPointer } from './json-pointer.ts';
import type { KindFacts } from './kind-facts.ts';

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const API_GROUP = API_VERSION.slice(0, API_VERSION.indexOf('/'));

export function findKind(kind: unknown): KindFacts | null {
  return typeof kind === 'string' && Object.hasOwn(KINDS, kind) ? KINDS[kind as Kind] : null;
}

export function isOurApi(apiVersion: unknown): boolean {
  return (
    typeof apiVersion === 'string' &&
    (apiVersion === API_GROUP || apiVersion.startsWith(`${API_GROUP}/`))
  );
}

/** Which resource a document is about, however wrong the rest of it is; null when that is unclear. */
export function identify(facts: KindFacts, value: unknown): Ref | null {
  const name = readPointer(value, '/metadata/name');
  const namespace =
    facts.scope === 'platform' ? PLATFORM_NAMESPACE : readPointer(value, '/metadata/namespace');
  if (typeof name !== 'string' || !NAME.test(name) || facts.reservedNames.includes(name))
    return null;
  if (typeof namespace !== 'string' || !NAME.test(namespace)) return null;
  return { kind: facts.kind, namespace, name };
}
