import type { RefKey } from '../contracts/ref.ts';
import { closeOverDependents } from './dependents-closure.ts';
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
  /** How many references a shortest way has, from it to what it depends on. */
  readonly distance: number;
  /** The next on that way: whole ways of a chain of 20,000 would be 200 million names. */
  readonly via: RefKey;
};

/** The nearest first, then by key. */
export function listDependents(ways: ReadonlyMap<RefKey, Edge>): readonly Dependent[] {
  const distances = new Map<RefKey, number>();
  // The ways are in the order in which they were found, the nearest first.
  for (const [key, { toKey }] of ways) distances.set(key, (distances.get(toKey) ?? 0) + 1);
  return [...ways]
    .map(([key, edge]) => ({ key, distance: distances.get(key) as number, via: edge.toKey }))
    .sort((left, right) => left.distance - right.distance || (left.key < right.key ? -1 : 1));
}
