import type { JsonObject } from '../contracts/json.ts';
import type { Ref } from '../contracts/ref.ts';
import { findKind } from '../spec/identify.ts';

/** The zones whose reconcilers act on a resource, sorted; what concerns everybody is in all. */
export function zonesOf(
  resource: { readonly ref: Ref; readonly spec: JsonObject },
  allZones: readonly string[],
): readonly string[] {
  const zone = findKind(resource.ref.kind)?.zone ?? 'all';
  if (zone === 'self') return [resource.ref.name];
  if (zone === 'all') return [...allZones].sort();
  return typeof resource.spec['zone'] === 'string' ? [resource.spec['zone']] : [];
}
