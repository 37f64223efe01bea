import { type RefKey, toRefKey } from '../contracts/ref.ts';
import { findKind } from '../spec/identify.ts';
import type { Resource } from '../spec/resource.ts';
import { dependenciesOf, type ResourceGraph } from './resource-graph.ts';

/**
 * Where a resource stands, and so whose reconciler acts on it: in one zone, in every zone, or
 * unclear, when what places it is not there or unclear itself.
 */
export type Placement =
  | { readonly state: 'everywhere' }
  | { readonly state: 'zone'; readonly zone: string }
  | { readonly state: 'unclear' };

export type Placements = ReadonlyMap<RefKey, Placement>;

const EVERYWHERE: Placement = { state: 'everywhere' };
export const UNCLEAR: Placement = { state: 'unclear' };

/** Places every node, once: `components` has dependencies before dependents. */
export function placeResources(
  graph: ResourceGraph,
  components: readonly (readonly RefKey[])[],
): Placements {
  const placements = new Map<RefKey, Placement>();
  for (const key of components.flat()) {
    placements.set(key, place(graph, placements, graph.nodes.get(key) as Resource));
  }
  return placements;
}

function place(graph: ResourceGraph, placements: Placements, { ref, spec }: Resource): Placement {
  switch (findKind(ref.kind)?.zone) {
    case 'self':
      return { state: 'zone', zone: ref.name };
    case 'spec.zone':
      return typeof spec['zone'] === 'string' ? { state: 'zone', zone: spec['zone'] } : UNCLEAR;
    case 'derived': {
      const edge = dependenciesOf(graph, toRefKey(ref)).find(({ places }) => places);
      return (edge === undefined ? undefined : placements.get(edge.toKey)) ?? UNCLEAR;
    }
    default:
      return EVERYWHERE;
  }
}

/** The one zone that a resource stands in; null for one that stands in all, or nowhere clear. */
export function toZone(placement: Placement | undefined): string | null {
  return placement?.state === 'zone' ? placement.zone : null;
}

/** Whether the reconciler of a zone acts on what is placed so. */
export function isPlacedIn(placement: Placement, zone: string): boolean {
  return placement.state === 'zone' ? placement.zone === zone : placement.state === 'everywhere';
}
