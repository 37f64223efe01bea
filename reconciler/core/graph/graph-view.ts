import type { RefKey } from '../contracts/ref.ts';
import { closeOverDependents, traceWay } from './dependents-closure.ts';
import { type DescribedGraph, keepNodes } from './described-graph.ts';
import { dependenciesOf, type Edge } from './resource-graph.ts';

/** The part of a graph that somebody asked for; its graph holds that part alone. */
export type GraphView =
  | { readonly kind: 'whole'; readonly graph: DescribedGraph }
  | { readonly kind: 'dependencies'; readonly graph: DescribedGraph; readonly of: RefKey }
  | {
      readonly kind: 'dependents';
      readonly graph: DescribedGraph;
      readonly of: RefKey;
      /** For each dependent, the first edge of a shortest way to `of`. */
      readonly ways: ReadonlyMap<RefKey, Edge>;
    };

/** What a resource stands on, itself included. */
export function viewDependencies(graph: DescribedGraph, of: RefKey): GraphView {
  const kept = new Set([of]);
  // Dependencies stand before their dependents, so that one walk from the end meets all of them.
  for (const key of [...graph.nodes.keys()].reverse()) {
    if (!kept.has(key)) continue;
    for (const { toKey } of dependenciesOf(graph, key)) kept.add(toKey);
  }
  return { kind: 'dependencies', graph: keepNodes(graph, kept), of };
}

/** What a mistake in a resource would hold back, itself included. */
export function viewDependents(graph: DescribedGraph, of: RefKey): GraphView {
  const ways = closeOverDependents(graph, [of]);
  return { kind: 'dependents', graph: keepNodes(graph, new Set([of, ...ways.keys()])), of, ways };
}

export type Dependent = {
  readonly key: RefKey;
  /** The shortest way from it to what it depends on, both included. */
  readonly way: readonly RefKey[];
};

/** The nearest first, then by key. */
export function listDependents(ways: ReadonlyMap<RefKey, Edge>): readonly Dependent[] {
  return [...ways.keys()]
    .map((key) => ({ key, way: traceWay(ways, key) }))
    .sort((left, right) => left.way.length - right.way.length || (left.key < right.key ? -1 : 1));
}
