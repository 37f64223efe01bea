import type { JsonObject } from '../contracts/json.ts';
import { PLATFORM_NAMESPACE, type Ref, type RefKey, toRefKey } from '../contracts/ref.ts';
import type { EnvironmentSpec } from '../spec/generated/environment.generated.ts';
import type { Resource } from '../spec/resource.ts';

/** One entry of an environment's list, as it applies to one resource. */
export type Override = {
  readonly environment: Resource;
  readonly pointer: string;
  readonly patch: JsonObject;
};

/** What an environment says of one of its resources, in the order in which it applies. */
export function findOverrides(environment: Resource, ref: Ref): readonly Override[] {
  return listEntries(environment).flatMap(({ kind, namespace, name, patch }, index) => {
    const applies =
      kind === ref.kind &&
      (namespace ?? ref.namespace) === ref.namespace &&
      (name ?? ref.name) === ref.name;
    const pointer = `/spec/overrides/${index}`;
    return applies ? [{ environment, pointer, patch: patch as unknown as JsonObject }] : [];
  });
}

export function listEntries({ spec }: Resource): NonNullable<EnvironmentSpec['overrides']> {
  return (spec as unknown as EnvironmentSpec).overrides ?? [];
}

/** The environment that a resource says it belongs to; null for one of a kind that has none. */
export function toEnvironmentKey({ spec }: { readonly spec: JsonObject }): RefKey | null {
  const { environment: name } = spec;
  if (typeof name !== 'string') return null;
  return toRefKey({ kind: 'Environment', namespace: PLATFORM_NAMESPACE, name });
}
