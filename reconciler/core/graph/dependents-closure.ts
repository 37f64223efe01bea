import type { RefKey } from '../contracts/ref.ts';
import { dependentsOf, type Edge, type Edges } from './resource-graph.ts';

/**
 * Every node that leads to one of `roots`, with the first edge of a shortest way there, the nearest
 * first; the roots themselves are not among them.
 */
export function closeOverDependents(
  graph: Edges,
  roots: Iterable<RefKey>,
): ReadonlyMap<RefKey, Edge> {
  const queue = [...roots].sort();
  const isRoot = new Set(queue);
  const ways = new Map<RefKey, Edge>();
  for (const key of queue) {
    for (const edge of dependentsOf(graph, key)) {
      if (isRoot.has(edge.from) || ways.has(edge.from)) continue;
      ways.set(edge.from, edge);
      queue.push(edge.from);
    }
  }
  return ways;
}

/** The way from a node to the root that holds it back, both ends included. */
export function traceWay(ways: ReadonlyMap<RefKey, Edge>, from: RefKey): readonly RefKey[] {
  const way: RefKey[] = [from];
  for (let edge = ways.get(from); edge !== undefined; edge = ways.get(edge.toKey)) {
    way.push(edge.toKey);
  }
  return way;
}
