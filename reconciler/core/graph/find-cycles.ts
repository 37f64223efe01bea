import type { RefKey } from '../contracts/ref.ts';
import { dependenciesOf, type Edge, type ResourceGraph } from './resource-graph.ts';

/**
 * For each group of nodes that reach each other, one shortest circle through its first node, as
 * the edges in their order; nothing for nodes that stand in no circle.
 */
export function findCycles(
  graph: ResourceGraph,
  components: readonly (readonly RefKey[])[],
): readonly { readonly members: readonly RefKey[]; readonly edges: readonly Edge[] }[] {
  return components
    .map((members) => ({ members, edges: findCircle(graph, members) }))
    .filter(({ edges }) => edges.length > 0);
}

function findCircle(graph: ResourceGraph, members: readonly RefKey[]): readonly Edge[] {
  const inside = new Set(members);
  const [start] = members;
  const reachedBy = new Map<RefKey, Edge>();
  const queue = start === undefined ? [] : [start];
  for (const key of queue) {
    for (const edge of dependenciesOf(graph, key)) {
      if (!inside.has(edge.toKey) || reachedBy.has(edge.toKey)) continue;
      reachedBy.set(edge.toKey, edge);
      queue.push(edge.toKey);
    }
  }
  const circle: Edge[] = [];
  let edge = start === undefined ? undefined : reachedBy.get(start);
  while (edge !== undefined) {
    circle.unshift(edge);
    edge = edge.from === start ? undefined : reachedBy.get(edge.from);
  }
  return circle;
}
