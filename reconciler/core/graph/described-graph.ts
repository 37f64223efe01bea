import { type Ref, type RefKey, toRefKey } from '../contracts/ref.ts';
import type { SourceLocation } from '../spec/diagnostic.ts';
import type { Placement } from './placement.ts';
import { buildGraph, dependenciesOf, type Edge, type Edges } from './resource-graph.ts';
import { listComponents } from './strong-components.ts';
import type { HeldBack, PlacedResource, Validity } from './validity.ts';

export type DescribedNode = {
  readonly ref: Ref;
  readonly placement: Placement;
} & (
  | { readonly state: 'valid'; readonly location: SourceLocation }
  /** What it names is not known: a judgement tells of it no more than why. */
  | { readonly state: 'held-back'; readonly why: string }
);

/**
 * What depends on what, for people and programs to look at. Nodes are in the order of what depends
 * on what, dependencies first and otherwise by key; those held back come last. Every edge leads
 * from a node to a node.
 */
export type DescribedGraph = Edges & { readonly nodes: ReadonlyMap<RefKey, DescribedNode> };

/** The same judgement in any order gives the same graph. */
export function describeGraph(judgement: Pick<Validity, 'valid' | 'heldBack'>): DescribedGraph {
  const placed = new Map(judgement.valid.map((one) => [toRefKey(one.ref), one]));
  const graph = buildGraph(judgement.valid);
  const nodes = new Map<RefKey, DescribedNode>();
  for (const key of listComponents(graph).flat()) {
    nodes.set(key, toValid(placed.get(key) as PlacedResource));
  }
  const held = judgement.heldBack.map((one) => [toRefKey(one.ref), toHeld(one)] as const);
  for (const [key, node] of held.sort(([left], [right]) => (left < right ? -1 : 1))) {
    nodes.set(key, node);
  }
  return keepNodes({ ...graph, nodes }, new Set(nodes.keys()));
}

function toValid({ ref, placement, location }: PlacedResource): DescribedNode {
  return { ref, placement, state: 'valid', location };
}

function toHeld({ ref, placement, why }: HeldBack): DescribedNode {
  return { ref, placement, state: 'held-back', why };
}

/** Some of the nodes, and the edges among them. */
export function keepNodes(graph: DescribedGraph, kept: ReadonlySet<RefKey>): DescribedGraph {
  const keepEdges = (edges: Edges['dependents']) =>
    new Map(
      [...edges]
        .filter(([key]) => kept.has(key))
        .map(([key, list]) => [
          key,
          list.filter((one) => kept.has(one.from) && kept.has(one.toKey)),
        ]),
    );
  return {
    nodes: new Map([...graph.nodes].filter(([key]) => kept.has(key))),
    dependencies: keepEdges(graph.dependencies),
    dependents: keepEdges(graph.dependents),
  };
}

/** All edges, in the order of the nodes that they lead from. */
export function listEdges(graph: DescribedGraph): readonly Edge[] {
  return [...graph.nodes.keys()].flatMap((key) => dependenciesOf(graph, key));
}
