import { type RefKey, toRefKey } from '../contracts/ref.ts';
import type { Resource } from '../spec/resource.ts';
import { listReferences, type Reference } from './references.ts';

export type Edge = Reference & { readonly from: RefKey; readonly toKey: RefKey };

export type Edges = {
  /** What a node names, also when no node answers to it. */
  readonly dependencies: ReadonlyMap<RefKey, readonly Edge[]>;
  /** Who names a key. */
  readonly dependents: ReadonlyMap<RefKey, readonly Edge[]>;
};

/** Resources and what they name. Nodes and edges are in the order of their keys. */
export type ResourceGraph = Edges & { readonly nodes: ReadonlyMap<RefKey, Resource> };

/** Every resource must have an identity of its own; duplicates are found before this. */
export function buildGraph(resources: readonly Resource[]): ResourceGraph {
  const keyed = resources.map((resource) => [toRefKey(resource.ref), resource] as const);
  const nodes = new Map(keyed.sort(([left], [right]) => (left < right ? -1 : 1)));
  const dependencies = new Map<RefKey, readonly Edge[]>();
  const dependents = new Map<RefKey, Edge[]>();
  for (const [from, resource] of nodes) {
    const edges = listReferences(resource).map((reference) => ({
      ...reference,
      from,
      toKey: toRefKey(reference.to),
    }));
    dependencies.set(from, edges);
    for (const edge of edges) {
      const others = dependents.get(edge.toKey) ?? [];
      others.push(edge);
      dependents.set(edge.toKey, others);
    }
  }
  return { nodes, dependencies, dependents };
}

export function dependenciesOf(graph: Edges, key: RefKey): readonly Edge[] {
  return graph.dependencies.get(key) ?? [];
}

export function dependentsOf(graph: Edges, key: RefKey): readonly Edge[] {
  return graph.dependents.get(key) ?? [];
}
